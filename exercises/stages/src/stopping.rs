//! Stage 05: a server that goes down gracefully.

use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use harness::{Client, DEADLINE, Server, Signal};

use crate::Subject;
use crate::workers::expect_success;

const BOOK: &str = "05-reactor.html#read-the-code";

/// A server with `--grace`, in seconds, and this lesson.
#[track_caller]
fn start(subject: &Subject, grace: &str, lesson: &str) -> Server {
    let server = subject.start(&["--grace", grace]);
    server.teach(lesson, BOOK);
    server
}

/// A client whose answers the server holds, because it doesn't read them.
#[track_caller]
fn that_never_reads(server: &Server) -> Client {
    let mut client = server.slow_client();
    client.flood(&b"a line\n".repeat(1 << 20));
    client
}

/// SIGTERM and SIGINT.
pub fn a_signal_ends_it_with_exit_code_0(subject: &Subject) {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let server = start(
            subject,
            "5",
            "SIGTERM and SIGINT are the word to stop: close each connection once it is owed nothing, and \
             end with exit code 0.",
        );
        let mut clients = server.clients(10);
        for client in &mut clients {
            client.exchange(b"hello\n", b"hello\n");
        }
        server.signal(signal);
        for client in &mut clients {
            client.expect_end();
        }
        drop(clients);
        expect_success(&server, signal);
    }
}

/// It has read the lines, so their answers are owed.
pub fn what_it_has_taken_is_answered_before_the_end(subject: &Subject) {
    let server = start(
        subject,
        "60",
        "What you have read is answered before you close: a server that stops writes out what is queued.",
    );
    let lines = b"a line that was taken\n".repeat(3000);
    let mut client = server.slow_client();
    client.send(&lines);
    client.wait_until_read();
    server.wait_until_asleep();
    server.signal(Signal::SIGTERM);
    client.expect_last(&lines);
    expect_success(&server, Signal::SIGTERM);
}

/// The listener is closed first.
pub fn no_client_gets_in_once_it_stops(subject: &Subject) {
    let server = start(
        subject,
        "60",
        "A server that stops closes its listener first: a newcomer is refused at once, and can try another \
         server.",
    );
    let _owed = that_never_reads(&server);
    server.signal(Signal::SIGTERM);
    let deadline = Instant::now() + DEADLINE;
    while TcpStream::connect(server.address()).is_ok() {
        if Instant::now() >= deadline {
            server.fail_with("a newcomer that is refused", "it is connected");
        }
        thread::yield_now();
    }
    server.expect_alive();
}

/// It waits for room, or for the end of the grace.
pub fn it_sleeps_while_a_slow_reader_drains(subject: &Subject) {
    let server = start(
        subject,
        "60",
        "While it waits for the last clients, a server that stops sleeps as ever: the signal's descriptor \
         stays readable until it is read or no longer watched.",
    );
    let _owed = that_never_reads(&server);
    server.signal(Signal::SIGTERM);
    server.expect_sleep(Duration::from_secs(1));
    server.expect_alive();
}

/// `--grace 1`
pub fn a_client_that_never_reads_holds_it_up_no_longer_than_the_grace(subject: &Subject) {
    let server = start(
        subject,
        "1",
        "A client that never reads must not hold up the end: after --grace seconds, cut what is left. The \
         wait needs a time limit for that, and only then.",
    );
    let _owed = that_never_reads(&server);
    server.signal(Signal::SIGTERM);
    expect_success(&server, Signal::SIGTERM);
}
