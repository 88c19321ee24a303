//! One message to all.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::Command;

use harness::{Client, Directory, Server};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::PROGRAM;

const HANDSHAKE: &[u8] = b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

/// A server that says to all what is written into the file.
fn start(options: &[&str]) -> (Server, File, Directory) {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.path().join("input");
    mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
    // For both directions, or each side would wait for the other.
    let input = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&path)
        .unwrap();
    let path = path.to_str().unwrap();
    let command = [
        "-c",
        "input=$1; shift; exec \"$0\" --broadcast \"$@\" <\"$input\"",
    ];
    let options = [&command[..], &[PROGRAM, path], options].concat();
    (Server::spawn("sh", &options), input, directory)
}

fn greet(clients: &mut [Client]) {
    for client in clients {
        client.exchange(b"hello\n", b"hello\n");
    }
}

#[test]
fn a_line_goes_to_the_clients_of_all_loops() {
    let (server, mut input, _directory) = start(&["--loops", "3"]);
    let mut clients = server.clients(60);
    greet(&mut clients);
    input.write_all(b"first news\nsecond news\n").unwrap();
    for client in &mut clients {
        client.expect(b"first news\nsecond news\n");
    }
    greet(&mut clients);
}

#[test]
fn a_line_goes_to_more_clients_than_one_turn_tells() {
    let (server, mut input, _directory) = start(&["--loops", "1"]);
    let mut clients = server.clients(2500);
    greet(&mut clients);
    input.write_all(b"news\n").unwrap();
    for client in &mut clients {
        client.expect(b"news\n");
    }
    server.expect_no_wake_ups();
}

#[test]
fn websockets_hear_it_once_their_handshake_is_done_and_others_never() {
    let (server, mut input, _directory) = start(&["--loops", "1", "--protocol", "websocket"]);
    let mut early = server.client();
    early.send(&HANDSHAKE[..40]);
    early.wait_until_read();
    let mut member = server.client();
    member.send(HANDSHAKE);
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        member.stream().read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101 "));
    input.write_all(b"news\n").unwrap();
    member.expect(b"\x81\x04news");
    early.send(&HANDSHAKE[40..]);
    early.expect(&answer);
    input.write_all(b"more\n").unwrap();
    member.expect(b"\x81\x04more");
    early.expect(b"\x81\x04more");
}

#[test]
fn http_refuses_to_broadcast() {
    let output = Command::new(PROGRAM)
        .args(["--port", "0", "--protocol", "http", "--broadcast"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("HTTP answers what it is asked"), "{said}");
}
