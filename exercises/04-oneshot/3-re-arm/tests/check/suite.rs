//! Clients that say more than one line, in more than one piece.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crate::subject::serve;
use harness::{Client, EpollFlags, Server};

/// One report, then silence until it is re-armed.
const ONESHOT: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLONESHOT);

const BOOK: &str = "04-oneshot.html#read-the-code";

#[test]
fn a_first_line_is_answered() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach("A new client is armed: its first bytes are reported.", BOOK);
    let mut client = server.client();
    client.send(b"one\n");
    client.expect(b"one\n");
    server.expect_sleep(Duration::from_millis(100));
}

#[test]
fn a_client_goes_on() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "The first report has switched this client off. It is still registered, so it can't be added once \
         more (EEXIST): it has to be modified.",
        BOOK,
    );
    let mut client = server.client();
    for line in [&b"one\n"[..], b"two\n", b"three\n"] {
        client.send(line);
        client.expect(line);
    }
}

#[test]
fn several_clients_go_on() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "Re-arming sets both the events and the token. Each client is to be re-armed with its own, or its \
         events are taken for another client's.",
        BOOK,
    );
    let mut clients = server.clients(3);
    for line in [&b"one\n"[..], b"two\n", b"three\n"] {
        for client in &mut clients {
            client.send(line);
            client.expect(line);
        }
    }
}

#[test]
fn a_line_may_come_in_pieces() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "The first piece has no newline, so there was nothing to answer. But it was reported, and that \
         switched the client off, as every report does.",
        BOOK,
    );
    let mut client = server.client();
    client.send_in_pieces(b"one line\n", &[3, 6]);
    client.expect(b"one line\n");
}

#[test]
fn a_line_may_take_several_reads() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "The line has 1,000 bytes, and a read takes 64 of them. The rest is there already; re-arming is what \
         has it reported.",
        BOOK,
    );
    let mut line = vec![b'x'; 1_000];
    line.push(b'\n');
    let mut client = server.client();
    client.send(&line);
    client.expect(&line);
}

#[test]
fn lines_that_come_together_are_all_answered() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "A hundred lines came together, and a read takes only a few of them. The rest is there already; \
         re-arming is what has it reported.",
        BOOK,
    );
    let lines: Vec<u8> = (0..100)
        .flat_map(|number| format!("line {number}\n").into_bytes())
        .collect();
    let mut client = server.client();
    client.send(&lines);
    client.expect(&lines);
}

#[test]
fn lines_are_answered_one_at_a_time() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "One worker is busy with \"slow\"; then the same client sends \"quick\". It is to be answered \
         afterwards. If it is answered before, both workers were at this client: it was watched while it was \
         in work. If it isn't answered at all, the client was never re-armed.",
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
fn the_end_is_seen() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "The client has finished sending. While it is switched off, not even that is reported.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"one\n");
    client.expect(b"one\n");
    client.finish_sending();
    client.expect_end();
}

#[test]
fn later_lines_are_answered_one_at_a_time() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "After two lines that went well, the same client sent \"slow\", and then \"quick\" while that was in \
         work. Both workers were at it: the events that it was re-armed with take the place of all it had, \
         and have to be as many.",
        BOOK,
    );
    let mut client = server.client();
    for line in [&b"one\n"[..], b"two\n"] {
        client.send(line);
        client.expect(line);
        client.expect_silence(Duration::from_millis(50)); // the worker has re-armed it
    }
    expect_order(&server, &mut client, b"slow\n", b"slow\nquick\n");
}

#[test]
fn lines_that_come_together_are_answered_one_at_a_time() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "One read brought two lines, and the second is slow. Meanwhile the same client sent \"quick\". It is to \
         be re-armed once, when all the lines of the read are answered.",
        BOOK,
    );
    let mut client = server.client();
    expect_order(
        &server,
        &mut client,
        b"first\nslow\n",
        b"first\nslow\nquick\n",
    );
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
         until it is re-armed.",
        BOOK,
    );
    let mut client = server.client();
    server.expect_watched(&client, ONESHOT);
    client.send(b"one\n");
    client.expect(b"one\n");
    server.expect_watched(&client, ONESHOT);
}

#[test]
fn both_workers_live_on_and_sleep() {
    let server = Server::answer(|listener| serve(&listener, work()));
    server.teach(
        "An error that `turn` returns is the end of its worker. What a client does is none, and to add a \
         descriptor that is registered already is one: EEXIST. While nothing comes, both sleep in epoll_wait.",
        BOOK,
    );
    for _ in 0..4 {
        let mut client = server.client();
        client.send(b"one\n");
        client.expect(b"one\n");
        client.reset();
    }
    server.wait_until_asleep();
    let report = server.report();
    let ended = |name: &&str| !report.contains(*name);
    if let Some(name) = ["worker 1", "worker 2"].into_iter().find(ended) {
        server.fail_with("two workers", &format!("{name} has ended"));
    }
    server.expect_no_wake_ups();
}

/// Sends `lines`, the last of them slow, and `quick` while that is in work; expects `answers`.
#[track_caller]
fn expect_order(server: &Server, client: &mut Client, lines: &[u8], answers: &[u8]) {
    client.send(lines);
    client.wait_until_read();
    // What comes before the slow one has been answered.
    let (before, after) = answers.split_at(answers.len() - b"slow\nquick\n".len());
    client.expect(before);
    client.send(b"quick\n");
    client.expect_silence(Duration::from_millis(50));
    let mut other = server.client();
    other.send(b"go\n");
    other.expect(b"go\n");
    client.expect(after);
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
