//! Clients that take more than their share: they send without a pause, or never read.

use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use harness::{Client, Server};

fn start() -> Server {
    Server::spawn(env!("CARGO_BIN_EXE_ch03-epoll-et"), &[])
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

#[test]
fn a_modest_client_is_answered_beside_floods() {
    let server = start();
    server.teach(
        "A loop that drains could stay with one client for ever: bound each turn.",
        "03-epoll-et.html#read-the-code",
    );
    let enough = AtomicBool::new(false);
    let floods = server.clients(4);
    let mut modest = server.client();
    thread::scope(|scope| {
        for client in &floods {
            scope.spawn(|| flood(client, &enough));
        }
        let _ended = OnDrop(|| enough.store(true, Ordering::Relaxed));
        for _ in 0..50 {
            modest.exchange(b"a word, please\n", b"a word, please\n");
        }
    });
}

/// Ends the floods even where an expectation fails.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0();
    }
}

/// The server's resident memory, in KiB.
fn resident(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let value = value.and_then(|value| value.trim().strip_suffix(" kB"));
    value
        .expect("VmRSS in kB (proc_pid_status(5))")
        .parse()
        .unwrap()
}

#[test]
fn clients_that_never_read_cost_the_server_little_memory() {
    let server = start();
    server.teach(
        "Whoever doesn't read his answers must not be read from, either: else they pile up here.",
        "03-epoll-et.html#read-the-code",
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
    if grown > 2 * 1024 {
        server.fail_with(
            "no more than 2 MiB for 4 clients that never read",
            &format!("{grown} KiB more than before"),
        );
    }
}

#[test]
fn a_slow_reader_that_has_caught_up_is_served_on() {
    let server = start();
    server.teach(
        "With the output sent, the interest has to go back from room to input.",
        "03-epoll-et.html#read-the-code",
    );
    let line = b"the same\n";
    let lines = line.repeat(1 << 20);
    let mut reader = server.slow_client();
    let taken = reader.flood(&lines);
    let (complete, cut) = (taken - taken % line.len(), taken % line.len());
    reader.expect(&lines[..complete]);
    reader.exchange(&line[cut..], line);
}
