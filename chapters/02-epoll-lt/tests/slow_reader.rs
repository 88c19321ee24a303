//! What one slow reader does to all others: the failure of this chapter, which chapter 03 mends.

use std::time::Duration;

use harness::{Client, Server};

/// Long enough to tell "not yet" from "never" where an answer takes microseconds.
const A_WHILE: Duration = Duration::from_millis(300);

fn wait_by(way: &str) -> Server {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch02-epoll-lt"), &["--wait", way]);
    server.teach(
        "The server waits until the slow reader's socket has room, and nobody else has a turn.",
        "02-epoll-lt.html#what-is-still-wrong",
    );
    server
}

/// A client that has sent lines and read no answer, until the server could take no more.
fn clog(server: &Server) -> Client {
    let mut client = server.slow_client();
    client.flood(&b"a line nobody reads\n".repeat(1 << 20));
    client
}

fn stalls_the_others_until_it_leaves(server: &Server) {
    let slow = clog(server);
    let mut other = server.client();
    other.send(b"hello\n");
    other.expect_silence(A_WHILE);
    drop(slow);
    other.expect(b"hello\n");
}

#[test]
fn with_select_a_slow_reader_stalls_the_others_until_it_leaves() {
    stalls_the_others_until_it_leaves(&wait_by("select"));
}

#[test]
fn with_poll_a_slow_reader_stalls_the_others_until_it_leaves() {
    stalls_the_others_until_it_leaves(&wait_by("poll"));
}

#[test]
fn with_epoll_a_slow_reader_stalls_the_others_until_it_leaves() {
    stalls_the_others_until_it_leaves(&wait_by("epoll"));
}

#[test]
fn a_stalled_server_sleeps() {
    let server = wait_by("epoll");
    let _slow = clog(&server);
    server.expect_sleep(A_WHILE);
}

#[test]
fn a_reader_that_is_slow_for_a_while_gets_all() {
    let server = wait_by("epoll");
    let lines = b"read late\n".repeat(1 << 20);
    let mut slow = server.slow_client();
    let taken = slow.flood(&lines);
    slow.finish_sending();
    slow.expect_last(&lines[..taken]);
}
