//! Several threads, one epoll: each connection is with one worker at a time, and with none for long.

use std::thread;
use std::time::Instant;

use harness::{DEADLINE, Server, Signal};

fn start(options: &[&str]) -> Server {
    let server = Server::spawn(
        env!("CARGO_BIN_EXE_ch04-oneshot"),
        &[&["--workers", "4"], options].concat(),
    );
    server.teach(
        "An event disarms its connection until the worker that took it re-arms it.",
        "04-oneshot.html#read-the-code",
    );
    server
}

/// Numbered lines: whichever is lost, doubled or displaced, the answer differs.
fn numbered(lines: usize) -> Vec<u8> {
    let lines: Vec<_> = (0..lines)
        .map(|number| format!("line {number}\n"))
        .collect();
    lines.concat().into_bytes()
}

/// Ends the server; how often workers met at one connection.
fn overlaps(server: &Server) -> u64 {
    server.signal(Signal::SIGTERM);
    assert!(server.wait().success());
    let deadline = Instant::now() + DEADLINE;
    loop {
        let stdout = server.stdout();
        let said = stdout.split_once("workers met ");
        if let Some(count) = said.and_then(|(_, rest)| rest.split(' ').next()?.parse().ok()) {
            return count;
        }
        // What it has said may come a little after its end.
        assert!(Instant::now() < deadline, "no count in: {stdout}");
        thread::yield_now();
    }
}

#[test]
fn lines_of_a_flood_stay_in_order_and_none_is_lost_or_doubled() {
    let server = start(&[]);
    let lines = numbered(500_000);
    server.client().exchange(&lines, &lines);
}

#[test]
fn floods_of_many_connections_stay_in_order() {
    let server = start(&[]);
    let lines = numbered(50_000);
    let mut clients = server.clients(8);
    thread::scope(|scope| {
        for client in &mut clients {
            scope.spawn(|| client.exchange(&lines, &lines));
        }
    });
}

/// Stops the server while a worker is in the middle of a long turn, sends what tells another worker, and
/// lets the server go on. Many times, for a stop may come between two turns.
fn disturb_long_turns(server: &Server) {
    let lines = vec![b'\n'; 64 * 1024];
    let mut client = server.client();
    for _ in 0..30 {
        client.send(&lines);
        server.while_stopped(|| client.send(b"\n"));
        client.expect(&lines);
        client.expect(b"\n");
    }
}

#[test]
fn no_worker_meets_another_at_a_connection() {
    let server = start(&[]);
    disturb_long_turns(&server);
    assert_eq!(overlaps(&server), 0);
}

#[test]
fn without_oneshot_workers_meet_at_a_connection() {
    let server = start(&["--no-oneshot"]);
    disturb_long_turns(&server);
    assert_ne!(overlaps(&server), 0);
}

#[test]
fn none_of_ten_thousand_short_connections_is_stranded() {
    let server = start(&[]);
    server.client().exchange(b"hello\n", b"hello\n");
    let before = server.descriptors();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..1_250 {
                    let mut client = server.client();
                    client.send(b"here\nand gone\nquit\n");
                    client.expect_last(b"here\nand gone\ngoodbye\n");
                }
            });
        }
    });
    let deadline = Instant::now() + DEADLINE;
    while server.descriptors() > before {
        if Instant::now() >= deadline {
            let left = server.descriptors() - before;
            server.fail_with("no connection left", &format!("{left} still open"));
        }
        thread::yield_now();
    }
}

fn stops_at(signal: Signal) {
    let server = start(&[]);
    let mut idle = server.client();
    idle.exchange(b"hello\n", b"hello\n");
    let mut busy = server.slow_client();
    busy.flood(&numbered(2_000_000));
    server.signal(signal);
    let status = server.wait();
    assert_eq!(status.code(), Some(0), "{status}");
}

#[test]
fn all_workers_stop_at_sigterm() {
    stops_at(Signal::SIGTERM);
}

#[test]
fn all_workers_stop_at_sigint() {
    stops_at(Signal::SIGINT);
}
