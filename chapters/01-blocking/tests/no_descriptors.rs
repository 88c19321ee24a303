//! A server that may open no more descriptors (EMFILE).

use std::time::Duration;

use harness::Server;

/// Descriptors that the server may have: its own few, and some clients.
const LIMIT: &str = "16";
const CLIENTS: usize = 30;

/// Those beyond the limit wait in the accept queue, and are served once others have left.
#[test]
fn it_neither_spins_nor_goes_deaf() {
    let limited = format!("ulimit -n {LIMIT} && exec \"$0\" \"$@\"");
    let program = env!("CARGO_BIN_EXE_ch01-blocking");
    let server = Server::spawn("sh", &["-c", &limited, program, "--threads"]);
    server.teach(
        "A failed accept leaves the client in the queue, so the next one would fail at once: pause, and try \
         again.",
        "01-blocking.html#read-the-code",
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
