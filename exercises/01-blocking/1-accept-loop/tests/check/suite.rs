//! From simple to hard: each test asks one thing more of `serve`.

use std::thread;
use std::time::Duration;

use crate::subject::serve;
use harness::Server;

const BOOK: &str = "01-blocking.html#read-the-code";

#[test]
fn everything_comes_back_in_the_end() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "A client says one thing and finishes sending. The same bytes should come back.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello\n");
    client.finish_sending();
    client.expect(b"hello\n");
}

#[test]
fn an_answer_comes_at_once() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client waits for the answer before it says more. A server that waits for more before \
         it answers waits for ever: both sleep.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello\n");
    client.expect(b"hello\n");
}

#[test]
fn a_client_may_speak_many_times() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "One read brings one piece of what a client says. Read again, on the same connection, \
         until the client has finished sending.",
        BOOK,
    );
    let mut client = server.client();
    for word in [&b"one\n"[..], b"two\n", b"three\n"] {
        client.send(word);
        client.expect(word);
    }
}

#[test]
fn bytes_come_back_as_they_are() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "TCP carries bytes, not lines of text: there may be no LF, and the bytes need not be UTF-8.",
        BOOK,
    );
    let mut client = server.client();
    let bytes = b"no LF, \0, \xff\xfe, \r";
    client.send(bytes);
    client.expect(bytes);
}

#[test]
fn a_large_message_comes_back_whole() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "A megabyte comes in many pieces. Each of them is to be written back whole, and nothing \
         else with it.",
        BOOK,
    );
    let message: Vec<u8> = (0..=u8::MAX).cycle().take(1 << 20).collect();
    let mut client = server.client();
    client.exchange(&message, &message);
}

#[test]
fn the_connection_ends_once_the_client_is_done() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "read returned Ok(0): the client has finished sending, and no byte will ever come again. \
         Leave the loop; dropping the stream closes the connection.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"goodbye");
    client.expect(b"goodbye");
    client.finish_sending();
    client.expect_end();
}

#[test]
fn every_client_is_served() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Once a client has gone, accept the next one, and so on for ever.",
        BOOK,
    );
    for name in [&b"first\n"[..], b"second\n", b"third\n"] {
        let mut client = server.client();
        client.send(name);
        client.expect(name);
        client.finish_sending();
        client.expect_end();
    }
}

#[test]
fn a_reset_ends_only_its_own_client() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client before this one cut its connection (RST), and read failed with ECONNRESET. \
         That is the end of one client, not of the server.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"rude\n");
    client.expect(b"rude\n");
    client.reset();
    let mut next = server.client();
    next.send(b"polite\n");
    next.expect(b"polite\n");
}

#[test]
fn a_client_that_left_the_queue_does_no_harm() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "While one client was served, another queued up and cut its connection. On Linux accept \
         still hands it out, and the first read on it fails.",
        BOOK,
    );
    let mut first = server.client();
    first.send(b"first\n");
    first.expect(b"first\n");
    server.client().reset();
    let mut third = server.client();
    third.send(b"third\n");
    first.finish_sending();
    first.expect_end();
    third.expect(b"third\n");
}

#[test]
fn a_client_may_think() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client said one thing, thought for more than a second, and went on. A server that sets a time \
         limit of its own cuts off clients that have done nothing wrong.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"one\n");
    client.expect(b"one\n");
    client.expect_silence(Duration::from_millis(1_200));
    client.send(b"two\n");
    client.expect(b"two\n");
}

#[test]
fn it_sleeps_while_a_client_is_silent() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client has its answer and says nothing. read sleeps until it does: no need to look again and again \
         whether something has come.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello\n");
    client.expect(b"hello\n");
    server.expect_no_wake_ups();
}

#[test]
fn a_client_may_read_late() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client sent until nothing more went in, and read its answers only after more than a second. The \
         server's write has to wait for it, however long that takes.",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    let message = pattern(16 << 20);
    let taken = client.flood(&message);
    thread::sleep(Duration::from_millis(1_200)); // the server waits, and should still be there
    client.finish_sending();
    client.expect_last(&message[..taken]);
}

#[test]
fn a_write_may_take_a_part_only() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The server was stopped and went on while it slept in a write: such a write returns early, and says \
         how many bytes it has taken. The others have to be written again (write_all does that).",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    let message = pattern(16 << 20);
    let taken = client.flood(&message);
    let mut rest = &message[..taken];
    for _ in 0..20 {
        server.wait_until_asleep();
        server.while_stopped(|| {});
        let (next, behind) = rest.split_at(rest.len().min(50_000));
        client.expect(next);
        rest = behind;
    }
    client.finish_sending();
    client.expect_last(rest);
}

#[test]
fn clients_leave_no_descriptor_behind() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The clients have gone, and their sockets are still open in the server. shutdown ends a connection, \
         but only dropping the last TcpStream of it closes the descriptor; after some thousand clients the \
         server could accept no other.",
        BOOK,
    );
    server.expect_no_leak(|| {
        let mut client = server.client();
        client.send(b"hello\n");
        client.expect(b"hello\n");
        client.finish_sending();
        client.expect_end();
    });
}

#[test]
fn a_listener_that_has_failed_ends_serve() {
    let received: String = harness::call(|| {
        let outcome = serve(&harness::failed_listener());
        format!("{:?}", outcome.map_err(|error| error.kind()))
    });
    assert!(
        received.starts_with("Err("),
        "expected  the error of accept, handed on\n\
         received  {received}\n\
         it means  This listener is none: each accept fails, and none ever will succeed. Swallowed,\n          \
         that is a loop without end, or a server that ends and says all is well. The error of a\n          \
         client is the client's; the error of the listener is for whoever called serve.\n\
         read      book: {BOOK}"
    );
}

/// Bytes in which each gap and each repetition shows.
fn pattern(size: usize) -> Vec<u8> {
    let period: Vec<u8> = (0..251).collect(); // a prime: no power of two fits
    period.into_iter().cycle().take(size).collect()
}
