//! The clients of these tests, and what is expected for one of them.

use harness::experiment::{entry, until_unread_at};
use harness::{Client, Server};

use crate::subject::serve;

const BOOK: &str = "05-speed.html#the-edge-that-we-lost";

/// A server, and what a failure means.
pub fn start(means: &str) -> Server {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(means, BOOK);
    server
}

/// Clients that have had an answer.
pub fn served<const NUMBER: usize>(server: &Server) -> [Client; NUMBER] {
    std::array::from_fn(|_| {
        let mut client = server.client();
        client.exchange(b"1\n", b".\n");
        client
    })
}

/// Sends `bytes`, and returns when they are in the server's socket.
pub fn arrive(server: &Server, client: &mut Client, bytes: &[u8]) {
    client.send(bytes);
    until_unread_at(server.address(), client.address(), bytes.len());
}

/// The answers to so many `lines` that ask for so many `dots`.
pub fn answers(dots: usize, lines: usize) -> Vec<u8> {
    (".".repeat(dots) + "\n").repeat(lines).into_bytes()
}

/// Expects that the server doesn't sleep before it has read what `client` has sent.
#[track_caller]
pub fn expect_read(server: &Server, client: &mut Client) {
    server.wait_until_asleep();
    let end = entry(server.address(), client.address());
    let unread = end.map_or(0, |end| end.unread);
    if unread > 0 {
        client.wait_until_read();
        let received = format!("it slept over {unread} bytes, and read them later");
        server.fail_with("a server that reads before it sleeps", &received);
    }
}
