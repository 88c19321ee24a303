//! Very many connections.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use harness::{Server, Signal};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::start;

/// How many idle connections: 15,000, or as many as the limit on open files allows.
fn crowd() -> usize {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    usize::try_from(hard)
        .unwrap_or(usize::MAX)
        .saturating_sub(2000)
        .min(15_000)
}

/// Memory of the process that is its own, in bytes (`proc_pid_status(5)`).
fn own_memory(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("RssAnon:"))
        .unwrap();
    let kilobytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}

/// Connects many clients, each of which has had an answer; the bytes that each then costs.
fn cost_of_each(runtime: &str) -> usize {
    let server = start(runtime, &[]);
    server.client().exchange(b"warm\n", b"warm\n");
    let before = own_memory(&server);
    let number = crowd();
    let mut clients = Vec::new();
    let mut answer = [0; 6];
    for _ in 0..number {
        let mut client = TcpStream::connect(server.address()).unwrap();
        client.set_read_timeout(Some(harness::DEADLINE)).unwrap();
        // In pieces, so that each has kept a half line.
        client.write_all(b"hel").unwrap();
        clients.push(client);
    }
    for client in &mut clients {
        client.write_all(b"lo\n").unwrap();
        client.read_exact(&mut answer).unwrap();
    }
    let each = own_memory(&server).saturating_sub(before) / number;
    println!("{runtime}: {number} idle connections: {each} bytes each");
    server.expect_sleep(Duration::from_millis(500));
    server.signal(Signal::SIGTERM);
    drop(clients);
    assert_eq!(server.wait().code(), Some(0));
    each
}

#[test]
fn an_idle_connection_costs_1_kib_at_most() {
    let each = cost_of_each("ours");
    assert!(each <= 1024, "{each} bytes each");
    cost_of_each("tokio"); // printed, for the page
}
