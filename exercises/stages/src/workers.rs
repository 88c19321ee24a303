//! Stage 04: several threads at one epoll. Start it with `--workers 4`.

use std::thread;
use std::time::Instant;

use harness::{DEADLINE, EpollFlags, Server, Signal};

use crate::Subject;
use crate::epoll::threads;

const BOOK: &str = "04-oneshot.html#read-the-code";
const WORKERS: usize = 4;

#[track_caller]
fn start(subject: &Subject) -> Server {
    let server = subject.start(&[]);
    server.teach(
        "Two workers were at one connection at once. EPOLLONESHOT switches a connection off with its event; \
         the worker that took it switches it on again (EPOLL_CTL_MOD) when its turn is over.",
        BOOK,
    );
    server
}

/// Numbered lines: if one is lost, doubled or displaced, the answer differs.
fn numbered(lines: usize) -> Vec<u8> {
    let lines = (0..lines).map(|number| format!("line {number}\n"));
    lines.collect::<String>().into_bytes()
}

/// `--workers 4`
pub fn there_are_as_many_workers_as_were_asked_for(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "It was started with --workers 4: four threads wait at one epoll, and each takes what comes next.",
        BOOK,
    );
    server.client().exchange(b"hello\n", b"hello\n");
    let deadline = Instant::now() + DEADLINE;
    while threads(server.pid()) < WORKERS {
        if Instant::now() >= deadline {
            let threads = threads(server.pid());
            server.fail_with("4 threads at least", &format!("{threads}"));
        }
        thread::yield_now();
    }
}

/// EPOLLONESHOT in what epoll holds for the client.
pub fn each_client_is_watched_for_one_event(subject: &Subject) {
    let server = start(subject);
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    server.expect_watched(&client, EpollFlags::EPOLLIN | EpollFlags::EPOLLONESHOT);
}

/// From one client, as fast as it can.
pub fn lines_of_a_flood_stay_in_order(subject: &Subject) {
    let server = start(subject);
    let lines = numbered(200_000);
    server.client().exchange(&lines, &lines);
}

/// From eight.
pub fn floods_of_many_clients_stay_in_order(subject: &Subject) {
    let server = start(subject);
    let lines = numbered(30_000);
    let mut clients = server.clients(8);
    thread::scope(|scope| {
        for client in &mut clients {
            scope.spawn(|| client.exchange(&lines, &lines));
        }
    });
}

/// A worker is stopped in a long turn, and what arrives then would tell another worker.
pub fn what_arrives_during_a_turn_stays_in_order(subject: &Subject) {
    let server = start(subject);
    let lines = numbered(6_000);
    let mut client = server.client();
    for _ in 0..30 {
        client.send(&lines);
        server.while_stopped(|| client.send(b"and then\n"));
        client.expect(&lines);
        client.expect(b"and then\n");
    }
}

/// What arrives before a connection is switched on again must not wait for ever.
pub fn none_of_many_short_connections_is_stranded(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "Something arrived just before its connection was switched on again (EPOLL_CTL_MOD). That call looks \
         anew and reports it, so drain before it, never after it, and use no flag of your own.",
        BOOK,
    );
    server.client().exchange(b"hello\n", b"hello\n");
    let before = server.descriptors();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..250 {
                    let mut client = server.client();
                    client.send(b"here\nand gone\nquit\n");
                    client.expect_last(b"here\nand gone\ngoodbye\n");
                }
            });
        }
    });
    if let Err(now) = server.wait_for_descriptors(before) {
        server.fail_with(
            "no connection left",
            &format!("{} still open", now - before),
        );
    }
}

/// The word to stop has to reach every thread.
pub fn all_workers_stop_at_a_signal(subject: &Subject) {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let server = subject.start(&[]);
        server.teach(
            "At SIGTERM and SIGINT all workers end, and the program with exit code 0: block the signals \
             before the first thread starts, watch a signalfd level-triggered, and never read it.",
            "04-oneshot.html#read-the-code",
        );
        let mut idle = server.client();
        idle.exchange(b"hello\n", b"hello\n");
        let mut busy = server.slow_client();
        busy.flood(&numbered(200_000));
        server.signal(signal);
        expect_success(&server, signal);
    }
}

/// Waits for the end of the server, which has to be a success.
#[track_caller]
pub(crate) fn expect_success(server: &Server, signal: Signal) {
    let status = server.wait();
    if status.code() != Some(0) {
        server.fail_with(&format!("exit code 0 after {signal}"), &format!("{status}"));
    }
}
