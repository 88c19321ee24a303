//! How long a connection lives.

use crate::answers::{Content, ask, rest, take_apart};
use crate::start;

const GET: &[u8] = b"GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[test]
fn http_1_1_keeps_the_connection() {
    let server = start(&[]);
    let answers = ask(&server, GET.repeat(3));
    assert_eq!(answers.len(), 3);
    assert!(
        answers
            .iter()
            .all(|answer| answer.field("Connection").is_none())
    );
}

#[test]
fn http_1_1_closes_when_asked() {
    let server = start(&[]);
    let close = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut client = server.client();
    client.send(&[&close[..], GET].concat());
    let answers = rest(&mut client);
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(answers[0].field("Connection"), Some("close"));
}

#[test]
fn http_1_0_closes() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(&b"GET / HTTP/1.0\r\n\r\n".repeat(2));
    let answers = rest(&mut client);
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(answers[0].field("Connection"), Some("close"));
}

#[test]
fn http_1_0_keeps_the_connection_when_asked_and_says_so() {
    let server = start(&[]);
    let answers = ask(
        &server,
        b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".repeat(2),
    );
    assert_eq!(answers.len(), 2);
    for answer in answers {
        assert_eq!(answer.field("Connection"), Some("keep-alive"));
    }
}

#[test]
fn an_error_closes_and_its_answer_arrives_all_the_same() {
    let server = start(&[]);
    let mut client = server.client();
    // What is left unread would make a reset of a close, and that would destroy the answer.
    let garbage = vec![b'x'; 100_000];
    client.send(&[b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", &garbage[..]].concat());
    let answers = rest(&mut client);
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(answers[0].status, 400);
    assert_eq!(answers[0].field("Connection"), Some("close"));
    assert!(answers[0].text().contains("white space between"));
}

#[test]
fn a_client_that_has_finished_sending_gets_its_answer() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(GET);
    client.finish_sending();
    assert_eq!(rest(&mut client).len(), 1);
}

#[test]
fn half_a_request_and_an_end_get_no_answer() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(&GET[..20]);
    client.finish_sending();
    client.expect_end();
}

#[test]
fn a_client_that_leaves_takes_nobody_along() {
    let server = start(&[]);
    for sent in [0, 10, GET.len()] {
        let mut client = server.client();
        client.send(&GET[..sent]);
        client.reset();
    }
    assert_eq!(ask(&server, GET).len(), 1);
    server.expect_alive();
}

#[test]
fn several_loops_serve_all_the_same() {
    let server = start(&["--loops", "3"]);
    for mut client in server.clients(30) {
        client.send(GET);
        client.finish_sending();
        let answers = take_apart(&client.read_to_end(), Content::Comes);
        assert_eq!(answers[0].status, 200);
    }
}
