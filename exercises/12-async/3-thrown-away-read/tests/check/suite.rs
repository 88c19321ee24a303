//! Clients that think within a line.

use std::time::Duration;

use crate::subject::serve;
use harness::Server;

const BOOK: &str = "12-tokio.html#cancellation";

/// Nobody is asked within a test.
const PATIENT: Duration = Duration::from_hours(1);
const IMPATIENT: Duration = Duration::from_millis(100);

fn start(patience: Duration, means: &str) -> Server {
    let server = Server::answer(move |listener| serve(listener, patience));
    server.teach(means, BOOK);
    server
}

#[test]
fn a_line_comes_back() {
    let server = start(PATIENT, "A client sends a line, and gets it back.");
    server.client().exchange(b"hello\n", b"hello\n");
}

#[test]
fn lines_in_one_piece_come_back() {
    let server = start(
        PATIENT,
        "Three lines, and the beginning of a fourth, arrive in one read. What follows the first line is \
         needed afterwards.",
    );
    let mut client = server.client();
    client.exchange(b"one\ntwo\nthree\nfo", b"one\ntwo\nthree\n");
    client.exchange(b"ur\n", b"four\n");
}

#[test]
fn a_silent_client_is_asked() {
    let server = start(IMPATIENT, "The client says nothing, so it should be asked.");
    server.client().expect(b"?\n");
}

#[test]
fn it_is_asked_once() {
    let server = start(
        IMPATIENT,
        "The client was asked, and has still said nothing. It should be left in peace, and the server \
         should sleep.",
    );
    let mut client = server.client();
    client.expect(b"?\n");
    client.expect_silence(Duration::from_millis(500));
    server.expect_no_wake_ups();
}

#[test]
fn half_a_line_survives_the_question() {
    let server = start(
        IMPATIENT,
        "The client sent `hel`, was asked, and sent `lo`. What had been read of the line was in a future, \
         and the timeout dropped that future when the time was up.",
    );
    let mut client = server.client();
    client.expect(b"?\n");
    client.send(b"hel");
    client.expect(b"?\n");
    client.send(b"lo\n");
    client.expect(b"hello\n?\n");
}

#[test]
fn bytes_without_an_end_begin_the_time_anew() {
    let server = start(
        IMPATIENT,
        "The client was asked, sent half a line, and said no more. That is a new silence, so it should be \
         asked again.",
    );
    let mut client = server.client();
    for _ in 0..3 {
        client.expect(b"?\n");
        client.send(b"x");
    }
    client.expect(b"?\n");
    client.send(b"\n");
    client.expect(b"xxx\n");
}

#[test]
fn each_client_has_a_line_of_its_own() {
    let server = start(
        IMPATIENT,
        "Two clients think within their lines at the same time. Neither should get a letter of the other's.",
    );
    let mut clients = server.clients(2);
    for client in &mut clients {
        client.expect(b"?\n");
    }
    clients[0].send(b"a");
    clients[1].send(b"b");
    for client in &mut clients {
        client.expect(b"?\n");
        client.send(b"!\n");
    }
    clients[0].expect(b"a!\n");
    clients[1].expect(b"b!\n");
}
