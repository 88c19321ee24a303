//! A server that may open no more descriptors (EMFILE).

use std::time::Duration;

use harness::Server;

/// Descriptors that the server may have: its own few, and some clients.
const LIMIT: &str = "16";
const CLIENTS: usize = 30;

fn wait_by(way: &str) -> Server {
    let limited = format!("ulimit -n {LIMIT} && exec \"$0\" \"$@\"");
    let program = env!("CARGO_BIN_EXE_ch02-epoll-lt");
    let server = Server::spawn("sh", &["-c", &limited, program, "--wait", way]);
    server.teach(
        "A failed accept leaves the client in the queue: pause, and try again.",
        "02-epoll-lt.html#read-the-code",
    );
    server
}

/// Those beyond the limit wait in the accept queue, and are served once others have left.
fn neither_spins_nor_goes_deaf(server: &Server) {
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

#[test]
fn with_select_it_neither_spins_nor_goes_deaf() {
    neither_spins_nor_goes_deaf(&wait_by("select"));
}

#[test]
fn with_poll_it_neither_spins_nor_goes_deaf() {
    neither_spins_nor_goes_deaf(&wait_by("poll"));
}

#[test]
fn with_epoll_it_neither_spins_nor_goes_deaf() {
    neither_spins_nor_goes_deaf(&wait_by("epoll"));
}
