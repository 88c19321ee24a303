//! First a client as the server's author knew it; then ordinary ones.

use std::time::Duration;

use crate::subject::serve;
use harness::{EpollFlags, Server};

const BOOK: &str = "02-epoll-lt.html#read-the-code";

#[test]
fn a_client_that_has_finished_sending_is_answered() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client has sent its request and finished sending: bytes, then the end of file. The answer \
         should come, and then the end of the connection.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello\n");
    client.finish_sending();
    client.expect_last(b"hello\n");
}

#[test]
fn an_answer_comes_while_the_client_stays() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client waits for its answer and sends nothing more, so read says WouldBlock, and says so each \
         time it is asked. That is the moment to leave the loop and answer.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello\n");
    client.expect(b"hello\n");
}

#[test]
fn a_client_may_ask_again() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "WouldBlock says that nothing is there now. It doesn't say that nothing will come: the connection \
         stays, and the client asks again on it.",
        BOOK,
    );
    let mut client = server.client();
    for request in [&b"one\n"[..], b"two\n", b"three\n"] {
        client.send(request);
        client.expect(request);
    }
}

#[test]
fn the_second_client_is_served_beside_the_first() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Another client is connected and has got its answer, or should have. It says nothing more. \
         Meanwhile this one should be served: the thread has to come back to epoll_wait to learn of it.",
        BOOK,
    );
    let mut first = server.client();
    first.send(b"first\n");
    first.wait_until_read();
    let mut second = server.client();
    second.send(b"second\n");
    second.expect(b"second\n");
    first.expect(b"first\n");
}

#[test]
fn a_server_that_has_read_all_sleeps() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Everything has been read, and nobody sends anything. A server that asks all the same, again and \
         again, uses a whole processor for nothing. One that goes back to epoll_wait sleeps.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello\n");
    client.wait_until_read();
    let used = server.cpu_over(Duration::from_millis(500));
    // Far below what a loop gets even of a very busy machine; what sleeps uses nothing.
    if used > Duration::from_millis(2) {
        server.fail_with(
            "next to no CPU time over 500 ms",
            &format!("{} ms of CPU time", used.as_millis()),
        );
    }
    client.expect(b"hello\n");
    server.expect_no_wake_ups();
}

#[test]
fn clients_are_watched_by_epoll() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "A client is connected, and its first words have been answered. What should tell the server of the \
         next ones is epoll, in the thread that waits for all clients.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello\n");
    client.finish_sending();
    client.expect_last(b"hello\n");
    let client = server.client();
    server.expect_watched(&client, EpollFlags::EPOLLIN);
}

#[test]
fn clients_leave_no_descriptor_behind() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Clients have left, and their sockets are still open in the server.",
        BOOK,
    );
    server.expect_no_leak(|| {
        let mut client = server.client();
        client.send(b"hello\n");
        client.finish_sending();
        client.expect_last(b"hello\n");
    });
}

#[test]
fn a_reset_ends_only_its_own_client() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client before this one cut its connection, and read failed with ECONNRESET. The server should \
         drop that client, and serve this one.",
        BOOK,
    );
    server.client().reset();
    let mut client = server.client();
    client.send(b"hello\n");
    client.finish_sending();
    client.expect_last(b"hello\n");
}
