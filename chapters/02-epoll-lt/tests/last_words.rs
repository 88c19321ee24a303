//! What is on its way when the server closes.

use harness::Server;

/// The answers fill the socket's buffers, and input is left that nobody will read: a close at this
/// moment would reset the connection, and with it all that hasn't been delivered.
#[test]
fn answers_on_their_way_survive_the_close() {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch02-epoll-lt"), &[]);
    server.teach(
        "close() with unread input sends a reset, and that destroys the answers on their way.",
        "01-blocking.html#read-the-code",
    );
    let lines = b"an answer on its way\n".repeat(10_000);
    let ignored = b"not read any more\n".repeat(2_000);
    let mut client = server.slow_client();
    client.send(&[&lines, b"quit\n".as_slice(), &ignored].concat());
    client.wait_until_read();
    client.expect_last(&[&lines, b"goodbye\n".as_slice()].concat());
}
