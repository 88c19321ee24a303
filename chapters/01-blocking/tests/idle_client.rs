//! What one idle client does to the next: the weakness of this chapter, and its first cure.

use std::time::Duration;

use harness::Server;

/// Long enough to tell "not yet" from "never" where an answer takes microseconds.
const A_WHILE: Duration = Duration::from_millis(300);

#[test]
fn an_idle_client_blocks_the_next_until_it_leaves() {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch01-blocking"), &[]);
    server.teach(
        "The server sleeps in the first client's read; the second waits in the accept queue.",
        "01-blocking.html#what-is-still-wrong",
    );
    let mut idle = server.client();
    idle.exchange(b"served\n", b"served\n");
    let mut next = server.client(); // the kernel completes the handshake: it *is* connected
    next.send(b"hello\n");
    next.expect_silence(A_WHILE);
    drop(idle);
    next.expect(b"hello\n");
}

#[test]
fn with_a_thread_each_an_idle_client_blocks_nobody() {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch01-blocking"), &["--threads"]);
    server.teach(
        "Only the idle client's own thread sleeps in its read.",
        "01-blocking.html#what-is-still-wrong",
    );
    let mut idle = server.client();
    idle.exchange(b"served\n", b"served\n");
    let mut next = server.client();
    next.exchange(b"hello\n", b"hello\n");
    idle.exchange(b"still here\n", b"still here\n");
}
