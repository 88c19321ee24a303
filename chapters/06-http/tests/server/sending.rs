//! Long answers: slow readers, and files that change while they are sent.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::FileExt;
use std::time::Instant;

use harness::experiment::until;
use harness::{Client, DEADLINE, Server};

use crate::answers::{Answer, Content, ask_one, directory_with, get, head, long, one, take_apart};
use crate::start;

/// More than the buffers between a file and its reader hold.
const LONG: usize = 8_000_000;
const SMALL: &[u8] = b"GET /small HTTP/1.1\r\nHost: a\r\n\r\n";

/// Asks for `path` and reads no more than its beginning; the server can't send all the rest.
fn begin(server: &Server, path: &str) -> Client {
    let mut client = server.client();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
    client.expect(b"HTTP/1.1 200 OK\r\n");
    client
}

/// What comes of the answer that has begun, until its connection ends.
fn finish(mut client: Client) -> Answer {
    client.finish_sending();
    let rest = client.read_to_end();
    one(take_apart(
        &[b"HTTP/1.1 200 OK\r\n", &rest[..]].concat(),
        Content::Comes,
    ))
}

#[test]
fn a_client_that_reads_little_by_little_holds_nobody_up() {
    let content = long(LONG);
    let directory = directory_with("file", &content);
    fs::write(directory.join("small"), "small").unwrap();
    let server = start(&["--root", directory.name()]);
    let mut quick = server.client();
    quick.send(SMALL);
    quick.finish_sending();
    let mut answer = quick.read_to_end();
    let quick = server.client();
    let slow = begin(&server, "/file");
    for client in [&quick, &slow] {
        let patience = Some(DEADLINE);
        client.stream().set_read_timeout(patience).unwrap();
    }
    let mut received = Vec::new();
    for _ in 0..200 {
        let mut piece = [0; 1024];
        slow.stream().read_exact(&mut piece).unwrap();
        received.extend_from_slice(&piece);
        // Others, old and new, ask while that one's answer stands still.
        quick.stream().write_all(SMALL).unwrap();
        quick.stream().read_exact(&mut answer).unwrap();
        assert!(answer.ends_with(b"\r\n\r\nsmall"));
        assert_eq!(get(&server, "/small").text(), "small");
    }
    let head = received.windows(4).position(|four| four == b"\r\n\r\n");
    let part = &received[head.unwrap() + 4..];
    assert!(*part == content[..part.len()]);
}

#[test]
fn a_file_cut_short_while_it_is_sent_ends_that_connection_only() {
    let content = long(LONG);
    let directory = directory_with("file", &long(4 * LONG));
    fs::write(directory.join("other"), &content).unwrap();
    let server = start(&["--root", directory.name()]);
    let client = begin(&server, "/file");
    let other = begin(&server, "/other");
    fs::write(directory.join("file"), b"short").unwrap();
    client.stream().set_read_timeout(Some(DEADLINE)).unwrap();
    let mut received = Vec::new();
    let end = client.stream().read_to_end(&mut received);
    let kind = end.err().map(|error| error.kind());
    assert_ne!(kind, Some(ErrorKind::WouldBlock), "it doesn't end");
    assert!(received.len() < 4 * LONG, "{} bytes", received.len());
    assert!(finish(other).content == content, "the other answer");
    assert_eq!(get(&server, "/nowhere").status, 404);
}

#[test]
fn a_file_replaced_while_it_is_sent_is_sent_as_it_was() {
    let content = long(LONG);
    let directory = directory_with("file", &content);
    let server = start(&["--root", directory.name()]);
    let client = begin(&server, "/file");
    let path = |name| directory.join(name);
    fs::write(path("new"), "new").unwrap();
    fs::rename(path("new"), path("file")).unwrap();
    let replaced = Instant::now();
    while get(&server, "/file").text() != "new" {
        assert!(replaced.elapsed() < DEADLINE, "it is still the old one");
    }
    assert!(finish(client).content == content);
}

#[test]
fn a_file_deleted_while_it_is_sent_is_sent_as_it_was() {
    let content = long(LONG);
    let directory = directory_with("file", &content);
    let server = start(&["--root", directory.name()]);
    let client = begin(&server, "/file");
    fs::remove_file(directory.join("file")).unwrap();
    assert!(finish(client).content == content);
}

#[test]
fn clients_that_leave_in_the_middle_leave_nothing_behind() {
    let directory = directory_with("file", &long(LONG));
    let server = start(&["--root", directory.name()]);
    let stays = begin(&server, "/file");
    let before = server.descriptors();
    for number in 0..100 {
        let client = if number % 2 == 0 {
            begin(&server, "/file")
        } else {
            let mut client = server.client();
            client.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
            client.send(&long(50_000));
            client
        };
        if number % 3 == 0 {
            client.reset();
        }
    }
    // On a slow machine the file has been opened anew meanwhile, and the one who stays has the old one.
    until("all but one are gone", || {
        server.descriptors() <= before + 1
    });
    assert_eq!(finish(stays).content.len(), LONG);
}

/// The most memory that the server has ever had, in bytes (`proc_pid_status(5)`).
fn most_memory(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let mut lines = status.lines();
    let line = lines.find(|line| line.starts_with("VmHWM:")).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<usize>().unwrap() * 1024
}

#[test]
fn a_file_of_five_gibibytes_takes_no_memory() {
    const LENGTH: u64 = 5 << 30; // behind what 32 bits can count
    const PART: usize = 100_000_000;
    let directory = directory_with("file", b"");
    let file = File::create(directory.join("file")).unwrap();
    file.set_len(LENGTH).unwrap(); // all a hole
    file.write_all_at(b"the end", LENGTH - 7).unwrap();
    let server = start(&["--root", directory.name()]);
    let whole = head(&server, "/file");
    assert_eq!(whole.field("Content-Length"), Some("5368709120"));
    let request = format!("GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=-{PART}\r\n\r\n");
    let part = ask_one(&server, request);
    assert_eq!(part.content.len(), PART);
    assert!(part.content.ends_with(b"\0the end"));
    let most = most_memory(&server);
    assert!(most < 16 << 20, "{most} bytes");
}
