//! Clients that say more than one line, in more than one piece.

use std::sync::{Condvar, Mutex};
use std::time::Duration;

use crate::subject::serve;
use harness::Server;

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

/// What the workers do for a line: return it. For `slow`, wait until one of them has got `go`.
fn work() -> impl Fn(&str) -> String + Sync {
    let going = Mutex::new(false);
    let changed = Condvar::new();
    move |line| {
        let mut going = going.lock().expect("nobody panics with this lock");
        match line {
            "go" => *going = true,
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
