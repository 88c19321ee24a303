//! Clients that are slow, or do nothing at all.

use std::io::{ErrorKind, Read};
use std::thread;
use std::time::{Duration, Instant};

use harness::Client;

use crate::answers::{Content, directory_with, long, one, rest, take_apart};
use crate::start;

/// Sends `piece` again and again until the server has had enough.
#[track_caller]
fn trickle(client: &mut Client, piece: &[u8]) {
    let began = Instant::now();
    while client.stream().peek(&mut [0]).is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "it waits on");
        client.send(piece);
    }
}

/// Has reads of `client` wait for a moment only.
fn hurry(client: &Client) {
    let moment = Some(Duration::from_millis(100));
    client.stream().set_read_timeout(moment).unwrap();
}

#[test]
fn half_a_head_is_waited_for_and_then_answered_with_408() {
    let server = start(&["--head-timeout", "1"]);
    let mut client = server.client();
    client.send(b"GET / HTTP/1.1\r\n");
    let answer = one(rest(&mut client));
    assert_eq!(answer.status, 408);
    assert_eq!(answer.field("Connection"), Some("close"));
}

#[test]
fn a_head_has_one_deadline_in_however_many_pieces_it_comes() {
    let server = start(&["--head-timeout", "1"]);
    let mut client = server.client();
    hurry(&client);
    client.send(b"GET / HTTP/1.1\r\n");
    trickle(&mut client, b"A: b\r\n");
    assert_eq!(one(rest(&mut client)).status, 408);
}

#[test]
fn a_body_that_stands_still_is_answered_with_408() {
    let server = start(&["--body-timeout", "1"]);
    let mut client = server.client();
    client.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
    assert_eq!(one(rest(&mut client)).status, 408);
}

#[test]
fn a_body_that_crawls_is_answered_with_408() {
    let server = start(&["--body-timeout", "1"]);
    let mut client = server.client();
    hurry(&client);
    client.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    trickle(&mut client, b"x");
    assert_eq!(one(rest(&mut client)).status, 408);
}

#[test]
fn a_body_that_goes_on_may_take_long() {
    let server = start(&["--body-timeout", "2"]);
    let mut client = server.client();
    client.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 150000\r\n\r\n");
    for nth in 0..5 {
        if nth > 0 {
            client.expect_silence(Duration::from_millis(700));
        }
        client.send(&vec![b'x'; 30_000]);
    }
    client.finish_sending();
    assert_eq!(one(rest(&mut client)).content.len(), 150_000);
}

#[test]
fn an_idle_connection_is_closed_without_a_word() {
    let server = start(&["--idle-timeout", "1"]);
    let mut silent = server.client();
    let mut done = server.client();
    done.send(b"GET /moved HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(one(rest(&mut done)).status, 302);
    silent.expect_end();
}

/// As reported to haproxy#1708, node#58140 and openshift/release#378: an answer that nothing has asked for
/// is taken for the next one.
#[test]
fn empty_lines_begin_no_request() {
    let server = start(&["--head-timeout", "1", "--idle-timeout", "2"]);
    let mut silent = server.client();
    silent.send(b"\r\n");
    let mut done = server.client();
    done.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi\r\n\r");
    assert_eq!(one(rest(&mut done)).content, b"hi");
    silent.expect_end();
}

#[test]
fn a_head_begins_after_empty_lines() {
    let server = start(&["--head-timeout", "1"]);
    let mut client = server.client();
    client.send(b"\r\n");
    client.send(b"G");
    assert_eq!(one(rest(&mut client)).status, 408);
}

#[test]
fn an_idle_connection_is_closed_whatever_it_has_asked_for() {
    let server = start(&["--idle-timeout", "1"]);
    for request in [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3),
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx".to_owned(),
    ] {
        let mut client = server.client();
        client.send(request.as_bytes());
        client.read_to_end();
    }
}

#[test]
fn a_client_that_does_not_read_is_cut() {
    let directory = directory_with("file", &long(30_000_000));
    let server = start(&["--root", directory.name(), "--idle-timeout", "1"]);
    let mut client = server.slow_client();
    client.send(b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
    client.expect(b"HTTP/1.1 200 OK\r\n");
    let began = Instant::now();
    // Not by a read, which would be a sign of life.
    let error = loop {
        if let Some(error) = client.stream().take_error().unwrap() {
            break error;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "it still waits");
        thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_client_that_reads_very_slowly_is_not_cut() {
    let content = long(30_000_000);
    let directory = directory_with("file", &content);
    let server = start(&["--root", directory.name(), "--idle-timeout", "1"]);
    let mut client = server.client();
    client.send(b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
    // So little that the kernel wouldn't tell of room: less than a third of its buffer.
    let mut received = Vec::new();
    for _ in 0..40 {
        let mut piece = [0; 16 * 1024];
        client.stream().read_exact(&mut piece).unwrap();
        received.extend_from_slice(&piece);
        thread::sleep(Duration::from_millis(100));
    }
    client.finish_sending();
    received.extend(client.read_to_end());
    let answer = one(take_apart(&received, Content::Comes));
    assert!(answer.content == content);
}
