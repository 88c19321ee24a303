//! What a server does when it may open no more descriptors (EMFILE).

use std::time::Duration;

use crate::Server;

/// Descriptors that the server may have: its own few, and some clients.
const LIMIT: &str = "16";
const CLIENTS: usize = 30;

/// Starts `program` with a limit of 16 descriptors.
///
/// # Panics
///
/// With a verdict, if it doesn't start.
#[must_use]
#[track_caller]
pub fn few(program: &str, options: &[&str]) -> Server {
    let limited = format!("ulimit -n {LIMIT} && exec \"$0\" \"$@\"");
    let mut words = vec!["-c", &limited, program];
    words.extend(options);
    Server::spawn("sh", &words)
}

/// Clients beyond the limit wait in the accept queue, and are served once others have left.
///
/// # Panics
///
/// With a verdict, if the server, started by [`few`], spins or goes deaf.
#[track_caller]
pub fn it_neither_spins_nor_goes_deaf(server: &Server, section: &str) {
    server.teach(
        "A failed accept leaves the client in the queue, so the next one would fail at once, and no new edge \
         tells of it: pause, and try again.",
        section,
    );
    let mut clients = server.clients(CLIENTS);
    for client in &mut clients {
        client.send(b"hello\n");
    }
    clients[0].expect(b"hello\n");
    server.expect_sleep(Duration::from_millis(500));
    for mut client in clients.drain(1..) {
        client.expect(b"hello\n");
        // … and leaves.
    }
    clients[0].exchange(b"still here\n", b"still here\n");
}
