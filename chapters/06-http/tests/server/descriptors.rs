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

/// How many descriptors the server has open.
fn open(server: &Server) -> usize {
    let open = fs::read_dir(format!("/proc/{}/fd", server.pid()));
    open.expect("a process").count()
}

/// A directory with `number` files that are too long to be held in memory.
fn long_files(number: usize) -> Directory {
    let directory = directory_with("small", b"small");
    for number in 0..number {
        fs::write(directory.join(format!("file-{number}")), long(20_000)).unwrap();
    }
    directory
}

#[test]
fn clients_that_do_not_read_leave_descriptors_for_the_next() {
    // 28 of 40 are to be had: 7 files at hand, 7 on their way, 14 connections.
    let directory = long_files(40);
    let server = start_with(40, &directory);
    let mut deaf: Vec<_> = (0..10).map(|_| server.slow_client()).collect();
    for (number, client) in deaf.iter_mut().enumerate() {
        // More than the kernel takes: the last of them stay here, each with its file.
        let files = (0..400).map(|file| (8 * number + file % 8) % 40);
        let requests = files.map(|file| format!("GET /file-{file} HTTP/1.1\r\nHost: a\r\n\r\n"));
        client.send(requests.collect::<String>().as_bytes());
        server.wait_until_asleep();
    }
    assert!(open(&server) < 40, "{} are open", open(&server));
    assert_eq!(get(&server, "/small").text(), "small");
    let busy = (0..40).map(|file| get(&server, &format!("/file-{file}")));
    let busy = busy.filter(|answer| answer.status == 503).last();
    let busy = busy.expect("none that would take one more descriptor");
    assert_eq!(busy.field("Retry-After"), Some("1"));
    drop(deaf);
    let mut again = || (0..40).all(|file| get(&server, &format!("/file-{file}")).status == 200);
    harness::experiment::until("the descriptors are back", &mut again);
}
