//! Very many connections.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

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

#[test]
fn an_idle_connection_costs_180_bytes_at_most() {
    let server = start(&[]);
    server.client().exchange(b"warm\n", b"warm\n");
    let before = own_memory(&server);
    let number = crowd();
    let mut clients = Vec::new();
    let mut answer = [0; 6];
    for _ in 0..number {
        let mut client = TcpStream::connect(server.address()).unwrap();
        client.set_read_timeout(Some(harness::DEADLINE)).unwrap();
        // In pieces, so that each has had a buffer for its half line.
        client.write_all(b"hel").unwrap();
        clients.push(client);
    }
    for client in &mut clients {
        client.write_all(b"lo\n").unwrap();
        client.read_exact(&mut answer).unwrap();
    }
    let each = own_memory(&server).saturating_sub(before) / number;
    println!("{number} idle connections: {each} bytes each");
    assert!(
        each <= 180,
        "{number} idle connections cost {each} bytes each"
    );
    server.expect_sleep(Duration::from_millis(500));
    server.signal(Signal::SIGTERM);
    drop(clients);
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn two_hundred_hostile_clients_leave_a_good_one_unharmed() {
    let server = start(&[]);
    let mut good = server.client();
    let mut hostile = Vec::new();
    for number in 0..200 {
        let mut client = server.client();
        let bytes = match number % 5 {
            0 => b"half a line, and then nothing".to_vec(),
            1 => b"an answer that nobody reads\n".repeat(10_000),
            2 => vec![b'x'; 70_000], // one line, too long
            3 => b"quit\nand much that comes too late\n".repeat(1000),
            _ => Vec::new(),
        };
        client.flood(&bytes);
        if number % 3 == 0 {
            client.finish_sending();
        }
        if number % 2 == 0 {
            hostile.push(client);
        } else {
            client.reset();
        }
    }
    let started = Instant::now();
    for number in 0..1000 {
        let line = format!("line {number}\n");
        good.exchange(line.as_bytes(), line.as_bytes());
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(2), "1,000 answers took {took:?}");
    server.expect_alive();
}
