//! Two workers, and lines that take just as long as the test wants.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crate::subject::serve;
use harness::{EpollFlags, Server};

/// One report, then silence until it is re-armed.
const ONESHOT: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLONESHOT);

const BOOK: &str = "04-oneshot.html#read-the-code";

#[test]
fn a_client_may_speak_many_times() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "Once a client's lines are answered, it is watched again: a oneshot descriptor has to be re-armed.",
        BOOK,
    );
    let mut client = server.client();
    for line in [&b"one\n"[..], b"two\n", b"three\n"] {
        client.send(line);
        client.expect(line);
        // Until the worker has gone back to sleep: a line that comes sooner may be read by the same drain.
        client.expect_silence(Duration::from_millis(100));
    }
}

#[test]
fn a_line_may_come_in_pieces() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach("The end of the line came later than its beginning.", BOOK);
    let mut client = server.client();
    client.send_in_pieces(b"one line\n", &[3, 6]);
    client.expect(b"one line\n");
}

#[test]
fn lines_of_a_client_are_answered_in_order() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "While one worker was busy with \"slow\", the same client sent \"quick\". That was a new edge, and the \
         other worker was woken for it: two workers for one client. Its descriptor should have been silent \
         until \"slow\" was answered.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"slow\n");
    client.wait_until_read();
    client.send(b"quick\n");
    let mut other = server.client();
    other.send(b"go\n");
    other.expect(b"go\n");
    client.expect(b"slow\nquick\n");
}

#[test]
fn a_slow_line_does_not_keep_others_waiting() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "One worker was busy with a slow line. That is what the other one is there for.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"slow\n");
    client.wait_until_read();
    let mut other = server.client();
    other.send(b"go\n");
    other.expect(b"go\n");
    client.expect(b"slow\n");
}

#[test]
fn a_busy_client_does_not_take_the_second_worker() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "One worker was busy with a client's slow line. More came from that client, and the other worker was \
         woken for it. If it now waits for the first, in a lock, both are lost to everybody else.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"slow\n");
    client.wait_until_read();
    client.send(b"quick\n");
    let mut other = server.client();
    other.send(b"go\n");
    other.expect(b"go\n");
}

#[test]
fn the_end_is_seen() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "The client has finished sending. That is an event like any other: it needs a descriptor that is armed.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"one\n");
    client.expect(b"one\n");
    client.finish_sending();
    client.expect_end();
    server.expect_sleep(Duration::from_millis(100));
}

#[test]
fn later_lines_are_answered_in_order_too() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "After some lines that went well, the same client sent \"slow\", and then \"quick\" while that was in \
         work: two workers for one client. Re-arming sets its events anew, and all of them: was EPOLLONESHOT \
         among them?",
        BOOK,
    );
    let mut client = server.client();
    for line in [&b"one\n"[..], b"two\n"] {
        client.send(line);
        client.expect(line);
        client.expect_silence(Duration::from_millis(50)); // the worker has re-armed it
    }
    client.send(b"slow\n");
    client.wait_until_read();
    client.send(b"quick\n");
    let mut other = server.client();
    other.send(b"go\n");
    other.expect(b"go\n");
    client.expect(b"slow\nquick\n");
}

#[test]
fn a_client_in_work_is_switched_off() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "A line of this client is in work, and yet epoll would report its next one: another worker would be woken \
         for a client that isn't free. It is to be re-armed when the work is done, and not before.",
        BOOK,
    );
    let mut client = server.client();
    for turn in [&b"one\n"[..], b"two\n"] {
        client.send(b"slow\n");
        client.wait_until_read();
        server.wait_until_asleep();
        server.expect_switched_off(&client);
        let mut other = server.client();
        other.send(b"go\n");
        other.expect(b"go\n");
        client.expect(b"slow\n");
        client.send(turn);
        client.expect(turn);
        other.send(b"halt\n");
        other.expect(b"halt\n");
    }
}

#[test]
fn a_client_stays_oneshot() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "The client's line has been answered, and epoll watches it again: for one report, and then for nothing \
         until it is re-armed. A flag or a lock in the program comes too late: the other worker has been woken.",
        BOOK,
    );
    let mut client = server.client();
    server.expect_watched(&client, ONESHOT);
    client.send(b"one\n");
    client.expect(b"one\n");
    server.expect_watched(&client, ONESHOT);
}

#[test]
fn question_and_answer_never_miss_each_other() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "The client sends its next line as soon as it has the answer to the last. That comes at any moment, also \
         while a worker is on its way from the last read to re-arming. No such moment may lose it.",
        BOOK,
    );
    let mut client = server.client();
    for number in 0..20_000 {
        let line = format!("{number}\n");
        client.send(line.as_bytes());
        client.expect(line.as_bytes());
    }
}

#[test]
fn both_workers_live_on() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "An error that `turn` returns is the end of its worker. What a client does is none, and to add a \
         descriptor that is registered already is one: EEXIST.",
        BOOK,
    );
    for _ in 0..4 {
        let mut client = server.client();
        for line in [&b"one\n"[..], b"two\n"] {
            client.send(line);
            client.expect(line);
        }
        client.reset();
    }
    expect_both_workers(&server);
    server.expect_no_wake_ups();
}

/// Checks that both workers are there.
#[track_caller]
fn expect_both_workers(server: &Server) {
    server.wait_until_asleep();
    let report = server.report();
    let ended = |name: &&str| !report.contains(*name);
    if let Some(name) = ["worker 1", "worker 2"].into_iter().find(ended) {
        server.fail_with("two workers", &format!("{name} has ended"));
    }
}

/// What the workers do for a line: return it. For `slow`, wait until one of them has got `go`; `halt` takes
/// that back.
fn work() -> impl Fn(&str) -> String + Sync {
    let going = Mutex::new(false);
    let changed = Condvar::new();
    move |line| {
        let mut going = going.lock().expect("nobody panics with this lock");
        match line {
            "go" => *going = true,
            "halt" => *going = false,
            "slow" => {
                while !*going {
                    going = changed.wait(going).expect("nobody panics with this lock");
                }
            }
            _ => {}
        }
        changed.notify_all();
        line.to_owned()
    }
}
