//! Clients that stay, and clients that leave in each of the ways there are.

use std::fmt::Write;
use std::thread;
use std::time::Duration;

use crate::subject::serve;
use harness::Server;

/// How long it may take to fill a socket with some bytes at a time, on a busy machine.
const TO_FILL_UP: Duration = Duration::from_secs(30);

const BOOK: &str = "01-blocking.html#read-the-code";

#[test]
fn a_client_that_stays_gets_number_after_number() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Each number goes out on a line of its own, from 1 on.",
        BOOK,
    );
    let mut client = server.client();
    client.expect(b"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n");
}

#[test]
fn a_client_that_has_finished_sending_still_gets_its_numbers() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client has said that it will send no more (FIN). It has not said that it won't read: \
         to the server, a half-close and a close look the same until a write fails.",
        BOOK,
    );
    let mut client = server.client();
    client.finish_sending();
    let numbers: Vec<String> = (1..=1000).map(|number: u32| number.to_string()).collect();
    client.expect(numbers.join("\n").as_bytes());
}

#[test]
fn a_reset_ends_only_its_own_client() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client before this one cut its connection, and write failed with ECONNRESET. That is \
         the end of one client; the server has others.",
        BOOK,
    );
    let mut client = server.client();
    client.expect(b"1\n2\n3\n");
    client.reset();
    server.client().expect(b"1\n2\n3\n");
}

#[test]
fn a_close_ends_only_its_own_client() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client before this one finished sending and then closed: write fails with EPIPE. A \
         broken pipe never mends; each further write fails like the first.",
        BOOK,
    );
    let mut client = server.client();
    client.expect(b"1\n2\n3\n");
    client.finish_sending();
    drop(client);
    server.client().expect(b"1\n2\n3\n");
}

#[test]
fn a_client_that_left_the_queue_does_no_harm() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "While the first client was served, the second queued up and cut its connection. Its first \
         write already fails. The third client waits behind it.",
        BOOK,
    );
    let mut first = server.client();
    first.expect(b"1\n");
    server.client().reset();
    let mut third = server.client();
    drop(first);
    third.expect(b"1\n2\n3\n");
}

#[test]
fn clients_come_and_go() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Thirty clients have left in three ways. The server should still be there, for the next.",
        BOOK,
    );
    for turn in 0..30 {
        let mut client = server.client();
        client.expect(b"1\n");
        match turn % 3 {
            0 => client.reset(),
            1 => client.finish_sending(),
            _ => {}
        }
    }
    server.client().expect(b"1\n2\n3\n");
}

#[test]
fn nobody_left_means_nothing_to_do() {
    let server = Server::answer(|listener| serve(&listener));
    let mut client = server.client();
    client.expect(b"1\n");
    client.finish_sending();
    drop(client);
    // The next client is served, so the one before has been found to be gone.
    let mut next = server.client();
    next.expect(b"1\n");
    drop(next);
    let used = server.cpu_over(Duration::from_millis(500));
    // Far below what a loop gets even of a very busy machine; what sleeps uses nothing.
    assert!(
        used < Duration::from_millis(2),
        "with no client left, the server used {used:?} of CPU time in 500 ms:\n\
         it still writes to a client that has gone\n\
         read      book: {BOOK}"
    );
    server.expect_no_wake_ups();
}

#[test]
fn a_client_may_pause_and_go_on() {
    let server = Server::answer(|listener| serve(&listener)).with_deadline(TO_FILL_UP);
    server.teach(
        "The client read nothing for more than a second, and then went on. It has not gone: the write of the \
         next number waits until there is room again, however long that takes.",
        BOOK,
    );
    let mut client = server.slow_client();
    client.expect(b"1\n2\n");
    server.wait_until_asleep();
    thread::sleep(Duration::from_millis(1_200)); // the server waits, and should still be there
    client.expect(&numbers(3, 1_000_000));
}

#[test]
fn a_write_may_take_a_part_only() {
    let server = Server::answer(|listener| serve(&listener)).with_deadline(TO_FILL_UP);
    server.teach(
        "The server was stopped and went on while it slept in a write. Such a write may return early, with \
         fewer bytes than it was given; the rest of the number has to follow, and no number twice.",
        BOOK,
    );
    let mut client = server.slow_client();
    let mut first = 1;
    for turn in 1..=20 {
        server.wait_until_asleep();
        server.while_stopped(|| {});
        let next = first + 10_000 + turn;
        client.expect(&numbers(first, next - 1));
        first = next;
    }
    client.expect(&numbers(first, 1_000_000));
}

#[test]
fn clients_leave_no_descriptor_behind() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The clients have gone, and their sockets are still open in the server. After some thousand clients \
         it could accept no other.",
        BOOK,
    );
    server.expect_no_leak(|| {
        let mut client = server.client();
        client.expect(b"1\n");
        client.reset();
        // Once this one is served, the one before has been given up.
        server.client().expect(b"1\n");
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
         it means  This listener is none: each accept fails, and none ever will succeed. That is for\n          \
         whoever called serve; only what a write says is about a client.\n\
         read      book: {BOOK}"
    );
}

/// The numbers from `first` to `last`, a line each.
fn numbers(first: u32, last: u32) -> Vec<u8> {
    let mut text = String::new();
    for number in first..=last {
        let _ = writeln!(text, "{number}"); // a String takes it all
    }
    text.into_bytes()
}
