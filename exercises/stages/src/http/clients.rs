//! What one client may do to another.

use harness::Signal;

use super::{HELLO, get, long, start};
use crate::Subject;
use crate::workers::expect_success;

const BOOK: &str = "06-http.html#read-the-code";

/// In the middle of a head, and in the middle of a body.
pub fn an_idle_client_delays_no_other(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "While one client's request is incomplete, the others are served.",
        BOOK,
    );
    let mut slow = [site.server.client(), site.server.client()];
    slow[0].send(b"GET /hello.txt HT");
    slow[1].send(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf");
    for client in &mut slow {
        client.wait_until_read();
    }
    site.expect_content(&get("/hello.txt"), HELLO);
}

/// Before, in and after a request.
pub fn resets_harm_no_other(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A reset (ECONNRESET, EPIPE) ends its own connection and no other.",
        BOOK,
    );
    site.write("long", &long(3_000_000));
    let request = get("/long");
    for sent in [0, 10, request.len()] {
        for _ in 0..10 {
            let mut client = site.server.client();
            client.send(&request.as_bytes()[..sent]);
            client.reset();
        }
    }
    site.expect_content(&get("/hello.txt"), HELLO);
    site.server.expect_alive();
}

/// Neither the sockets nor the files.
pub fn clients_leave_no_descriptor_behind(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "Each connection and each file that was opened for it is closed once it is done, also if the client \
         goes in the middle of it.",
        BOOK,
    );
    site.write("long", &long(3_000_000));
    site.server.expect_no_leak(|| {
        site.expect_content(&get("/hello.txt"), HELLO);
        let mut client = site.server.slow_client();
        client.send(get("/long").as_bytes());
        client.wait_until_read();
        client.reset();
    });
}

/// Backpressure.
pub fn a_client_that_does_not_read_is_read_no_further(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A client that sends requests and doesn't read the answers must not be read from for ever: stop at a \
         limit, and go on when its output has drained.",
        BOOK,
    );
    site.write("long", &long(300_000));
    let requests = get("/long").repeat(500_000);
    let mut client = site.server.slow_client();
    let taken = client.flood(requests.as_bytes());
    if taken == requests.len() {
        let expected = format!("not all of {} bytes to be taken", requests.len());
        site.fail(&get("/long"), &expected, "all of them were");
    }
    site.expect_content(&get("/hello.txt"), HELLO);
}

/// Through a small window.
pub fn a_large_file_reaches_a_slow_reader_whole(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "What the socket doesn't take now is sent when it has room (EPOLLOUT), from where the last write \
         ended.",
        BOOK,
    );
    let content = long(700_000);
    site.write("long", &content);
    let request = get("/long").repeat(3);
    let mut client = site.server.slow_client();
    client.send(request.as_bytes());
    client.finish_sending();
    let answers = site.rest(&mut client);
    if answers.len() != 3 {
        site.fail(&request, "3 answers", &format!("{}", answers.len()));
    }
    for answer in &answers {
        site.check_content(&request, answer, &content);
    }
}

/// It may have deadlines, and no more than that.
pub fn nothing_wakes_it_while_nothing_happens(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "With a connection that says nothing, the server sleeps until its deadline, if it has one.",
        BOOK,
    );
    let mut client = site.server.client();
    client.send(get("/hello.txt").as_bytes());
    client.wait_until_read();
    site.server.expect_undisturbed_sleep();
}

/// With a connection that is idle.
pub fn a_signal_ends_it_with_exit_code_0(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "At SIGTERM a server answers what it has taken, closes idle connections, and ends with exit code 0.",
        BOOK,
    );
    let mut client = site.server.client();
    client.send(get("/hello.txt").as_bytes());
    client.wait_until_read();
    site.server.wait_until_asleep();
    site.server.signal(Signal::SIGTERM);
    let answers = site.rest(&mut client);
    let answer = site.one(&get("/hello.txt"), answers);
    site.check_content(&get("/hello.txt"), &answer, HELLO);
    drop(client);
    expect_success(&site.server, Signal::SIGTERM);
}
