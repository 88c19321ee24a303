//! Few descriptors.

use std::fs;

use harness::Directory;
use harness::Server;

use crate::answers::{directory_with, get, long};

/// The program with `limit` descriptors, for `directory`.
fn start_with(limit: usize, directory: &Directory) -> Server {
    let limited = format!("ulimit -n {limit} && exec \"$0\" \"$@\"");
    let program = env!("CARGO_BIN_EXE_ch06-http");
    let any = ["--host-name", "*"];
    let options = [
        &["-c", &limited, program, "--root", directory.name()],
        &any[..],
    ]
    .concat();
    Server::spawn("sh", &options)
}

#[test]
fn more_files_than_descriptors_are_served() {
    // Each too long to be held in memory: at hand, it is an open descriptor.
    let content = long(20_000);
    let directory = directory_with("small", b"small");
    for number in 0..100 {
        fs::write(directory.join(format!("file-{number}")), &content).unwrap();
    }
    let server = start_with(40, &directory);
    let mut silent = server.clients(5);
    for number in 0..100 {
        let answer = get(&server, &format!("/file-{number}"));
        assert_eq!(answer.status, 200, "file {number}");
        assert!(answer.content == content, "file {number}");
    }
    assert_eq!(get(&server, "/small").text(), "small");
    for client in &mut silent {
        client.finish_sending();
        client.expect_end();
    }
}

#[test]
fn more_connections_than_descriptors_wait_for_their_turn() {
    let directory = directory_with("small", b"small");
    let server = start_with(40, &directory);
    let mut clients = server.clients(100);
    for client in &mut clients {
        client.send(b"GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }
    for mut client in clients {
        assert!(client.read_to_end().ends_with(b"\r\n\r\nsmall"));
    }
}
