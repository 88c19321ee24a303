//! Very many connections.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use harness::{DEADLINE, Server};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::start;

/// A request in two halves.
const HALVES: [&[u8]; 2] = [b"GET /moved HTTP/1.1\r\nHo", b"st: localhost\r\n\r\n"];

/// How many idle connections: 5,000, or as many as the limit on open files allows.
fn crowd() -> usize {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    let files = usize::try_from(hard).unwrap_or(usize::MAX);
    files.saturating_sub(2000).min(5000)
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

fn connect(server: &Server) -> TcpStream {
    let client = TcpStream::connect(server.address()).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client
}

/// Reads a whole answer.
fn answer(client: &mut TcpStream) {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"</html>\n") {
        let mut piece = [0; 1024];
        let count = match client.read(&mut piece) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            result => result.unwrap(),
        };
        assert_ne!(count, 0, "{}", bytes.escape_ascii());
        bytes.extend_from_slice(&piece[..count]);
    }
}

#[test]
fn an_idle_connection_costs_260_bytes_at_most() {
    let server = start(&["--idle-timeout", "600", "--head-timeout", "600"]);
    let mut other = connect(&server);
    let mut clients = Vec::new();
    let number = crowd();
    let mut before = 0;
    // The first hundred fill what is there once, however many there are.
    for index in 0..100 + number {
        if index == 100 {
            before = own_memory(&server);
        }
        let mut client = connect(&server);
        client.write_all(HALVES[0]).unwrap();
        // Once the other has its answer, the half that came before it has been read.
        other.write_all(&HALVES.concat()).unwrap();
        answer(&mut other);
        client.write_all(HALVES[1]).unwrap();
        answer(&mut client);
        clients.push(client);
    }
    let each = own_memory(&server).saturating_sub(before) / number;
    println!("{number} idle connections: {each} bytes each");
    assert!(
        each <= 260,
        "{number} idle connections cost {each} bytes each"
    );
}
