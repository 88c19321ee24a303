//! A server that is told to stop.

use harness::Signal;

use crate::answers::{Content, directory_with, long, one, rest, take_apart};
use crate::start;

const LATER: &[u8] = b"GET /later HTTP/1.1\r\nHost: a\r\n\r\n";
const MOVED: &[u8] = b"GET /moved HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn an_idle_connection_is_closed() {
    let server = start(&[]);
    let mut silent = server.client();
    let mut done = server.client();
    done.send(MOVED);
    done.expect(b"HTTP/1.1 302 Found\r\n");
    server.signal(Signal::SIGTERM);
    silent.expect_end();
    done.read_to_end();
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn the_answer_that_is_owed_is_the_last_and_says_so() {
    for version in ["1.1", "1.0"] {
        let server = start(&[]);
        let mut client = server.client();
        let request =
            format!("GET /later HTTP/{version}\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
        client.send(&[request.as_bytes(), MOVED].concat());
        client.wait_until_read();
        server.signal(Signal::SIGTERM);
        let answer = one(rest(&mut client));
        assert_eq!(answer.text(), "This came a second later.\n");
        assert_eq!(answer.field("Connection"), Some("close"), "HTTP/{version}");
        assert_eq!(server.wait().code(), Some(0));
    }
}

#[test]
fn a_client_that_has_not_read_yet_is_told_at_its_next_answer() {
    let content = long(8_000_000); // more than sockets take
    let directory = directory_with("file", &content);
    let server = start(&["--grace", "60", "--root", directory.name()]);
    let request = b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut client = server.client();
    client.send(&request.repeat(3));
    client.wait_until_read();
    server.signal(Signal::SIGTERM);
    let answers = rest(&mut client);
    let says: Vec<_> = answers
        .iter()
        .map(|answer| answer.field("Connection"))
        .collect();
    assert_eq!(says, [None, Some("close")]);
    assert!(answers.iter().all(|answer| answer.content == content));
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn a_request_that_has_not_come_whole_is_not_waited_for() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(&LATER[..20]);
    client.wait_until_read();
    server.signal(Signal::SIGTERM);
    client.expect_end();
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn an_upload_that_has_not_come_whole_is_answered_with_503() {
    for (method, content) in [("POST", Content::Comes), ("HEAD", Content::IsLeftOut)] {
        let server = start(&[]);
        let request =
            format!("{method} /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
        let mut client = server.client();
        client.send(request.as_bytes());
        client.wait_until_read();
        server.signal(Signal::SIGTERM);
        let answer = one(take_apart(&client.read_to_end(), content));
        assert_eq!(answer.status, 503);
        assert_eq!(answer.field("Connection"), Some("close"));
        drop(client);
        assert_eq!(server.wait().code(), Some(0));
    }
}
