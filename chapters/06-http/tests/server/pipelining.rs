//! Requests behind one another, without waiting for answers.

use std::fs;

use harness::Server;

use crate::answers::{ask, directory_with, long, rest};
use crate::start;

#[test]
fn answers_come_in_the_order_of_their_requests() {
    let server = start(&[]);
    let requests = (0..1000).map(|number| match number % 3 {
        0 => format!("GET /{number} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        1 => "GET /codes.html HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        _ => format!(
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n{number:04}"
        ),
    });
    let answers = ask(&server, requests.collect::<String>());
    assert_eq!(answers.len(), 1000);
    for (number, answer) in answers.iter().enumerate() {
        match number % 3 {
            0 => assert_eq!(answer.status, 404),
            1 => assert!(answer.text().contains("Every status code")),
            _ => assert_eq!(answer.text(), format!("{number:04}")),
        }
    }
}

#[test]
fn files_come_in_the_order_of_their_requests() {
    let content = long(700_000);
    let directory = directory_with("file", &content);
    let server = start(&["--root", directory.name()]);
    let requests: Vec<_> = (0..15)
        .map(|start| {
            format!("GET /file HTTP/1.1\r\nHost: localhost\r\nRange: bytes={start}-\r\n\r\n")
        })
        .collect();
    let mut client = server.slow_client();
    client.send(requests.concat().as_bytes());
    client.finish_sending();
    let received = rest(&mut client);
    assert_eq!(received.len(), 15);
    for (start, answer) in received.iter().enumerate() {
        assert_eq!(answer.status, 206);
        assert!(answer.content == content[start..], "from {start} on");
    }
}

#[test]
fn requests_wait_while_their_client_does_not_read() {
    let directory = directory_with("file", &long(300_000));
    let server = start(&["--root", directory.name()]);
    let request = b"GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut client = server.slow_client();
    // More than sockets and the server's input hold.
    let requests = request.repeat(1_000_000);
    let taken = client.flood(&requests);
    assert!(taken < requests.len(), "the server took {taken} bytes");
    // And others don't wait for it.
    assert_eq!(ask(&server, request).len(), 1);
}

/// Memory of the process that is its own, in bytes (`proc_pid_status(5)`).
fn own_memory(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let mut lines = status.lines();
    let line = lines.find(|line| line.starts_with("RssAnon:")).unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<usize>().unwrap() * 1024
}

#[test]
fn answers_that_nobody_reads_are_not_made() {
    // As long as an answer from memory can be.
    let directory = directory_with("file", &long(16 * 1024));
    let server = start(&["--root", directory.name()]);
    let request = b"GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n";
    ask(&server, request);
    let before = own_memory(&server);
    let mut client = server.slow_client();
    // Of what comes by and by, the reactor reads no more than there is room for answers; so all that
    // one read can bring has to be there at once.
    server.while_stopped(|| client.flood(&request.repeat(20_000)));
    server.wait_until_asleep();
    let more = own_memory(&server).saturating_sub(before);
    assert!(more < 4_000_000, "{more} bytes for one client");
}
