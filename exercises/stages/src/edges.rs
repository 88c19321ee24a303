//! Stage 03: what an edge stands for, and clients that take more than their share.

use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use harness::{Client, EpollFlags, Server};

use crate::Subject;

const BOOK: &str = "03-epoll-et.html#read-the-code";

#[track_caller]
fn start(subject: &Subject) -> Server {
    let server = subject.start(&[]);
    server.teach(
        "An edge is reported once. What you don't take then waits for another edge, which may never come: \
         drain until the call would block.",
        BOOK,
    );
    server
}

/// EPOLLET in what epoll holds for the client.
pub fn each_client_is_watched_edge_triggered(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "Register each client with EPOLLIN | EPOLLET: then epoll reports what has newly arrived, and not \
         again and again what is still there.",
        BOOK,
    );
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    server.expect_watched(&client, EpollFlags::EPOLLIN | EpollFlags::EPOLLET);
}

/// They have all connected before the server looks.
pub fn one_edge_may_stand_for_many_clients(subject: &Subject) {
    let server = start(subject);
    let mut clients = server.while_stopped(|| server.clients(200));
    for client in &mut clients {
        client.exchange(b"hello\n", b"hello\n");
    }
}

/// The line has arrived whole before the server looks.
pub fn one_edge_may_stand_for_more_bytes_than_a_read_takes(subject: &Subject) {
    for length in [20_000, 40_000] {
        let server = start(subject);
        let mut line = vec![b'x'; length];
        line.push(b'\n');
        let mut client = server.client();
        server.while_stopped(|| client.send(&line));
        client.expect(&line);
    }
}

/// Both have arrived before the server looks.
pub fn one_edge_may_stand_for_data_and_the_end(subject: &Subject) {
    let server = start(subject);
    let mut client = server.client();
    server.while_stopped(|| {
        client.send(b"one\ntwo");
        client.finish_sending();
    });
    client.expect_last(b"one\ntwo");
}

/// From input to room in the socket, and back again.
pub fn a_slow_reader_that_has_caught_up_is_served_on(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "While output waits, you wait for room (EPOLLOUT). Once it is sent, go on with the input that has \
         arrived meanwhile: its edge is over.",
        BOOK,
    );
    let line = b"the same\n";
    let lines = line.repeat(1 << 20);
    let mut reader = server.slow_client();
    let taken = reader.flood(&lines);
    let (complete, cut) = (taken - taken % line.len(), taken % line.len());
    reader.expect(&lines[..complete]);
    reader.exchange(&line[cut..], line);
}

/// A loop that drains could stay with one client for ever.
pub fn a_modest_client_is_answered_beside_floods(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "A loop that drains a client that never stops sending never gets to the others: bound what one \
         client gets in a turn, and come back to it.",
        BOOK,
    );
    let enough = AtomicBool::new(false);
    let floods = server.clients(4);
    let mut modest = server.client();
    thread::scope(|scope| {
        for client in &floods {
            scope.spawn(|| flood(client, &enough));
        }
        let _ended = OnDrop(|| {
            enough.store(true, Ordering::Relaxed);
            if thread::panicking() {
                // One that was never accepted would write for ever.
                for client in &floods {
                    let _ = client.stream().shutdown(Shutdown::Both);
                }
            }
        });
        for _ in 0..50 {
            modest.exchange(b"a word, please\n", b"a word, please\n");
        }
    });
}

/// Sends and reads without a pause until `enough`, then leaves.
fn flood(client: &Client, enough: &AtomicBool) {
    let (mut writer, mut reader) = (client.stream(), client.stream());
    thread::scope(|scope| {
        scope.spawn(move || {
            let lines = b"more and more and more\n".repeat(10_000);
            while !enough.load(Ordering::Relaxed) && writer.write_all(&lines).is_ok() {}
            let _ = writer.shutdown(Shutdown::Write);
        });
        let mut answers = vec![0; 1 << 20];
        while reader.read(&mut answers).is_ok_and(|count| count > 0) {}
    });
}

/// Ends the floods even where an expectation fails.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0();
    }
}

/// What can't be sent must not be read.
pub fn clients_that_never_read_cost_little_memory(subject: &Subject) {
    let server = subject.start(&[]);
    server.teach(
        "A client that doesn't read its answers must not be read from, either: otherwise they pile up in \
         the server.",
        BOOK,
    );
    let lines = b"an answer that nobody reads\n".repeat(1 << 20);
    let mut client = server.slow_client();
    client.exchange(b"hello\n", b"hello\n");
    let before = resident(&server);
    let mut readers = Vec::new();
    for _ in 0..4 {
        let mut reader = server.slow_client();
        reader.flood(&lines);
        readers.push(reader);
    }
    let grown = resident(&server).saturating_sub(before);
    if grown > MOST {
        server.fail_with(
            &format!("no more than {MOST} KiB more for 4 clients that never read"),
            &format!("{grown} KiB more than before"),
        );
    }
}

/// What four clients that never read may cost, in KiB: a mebibyte each.
const MOST: usize = 4 * 1024;

/// The server's resident memory, in KiB; 0 where it has ended (`proc_pid_status(5)`).
fn resident(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap_or_default();
    let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = value.and_then(|value| value.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}
