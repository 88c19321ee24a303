//! What is no request.

use super::{get, start};
use crate::Subject;

const BOOK: &str = "06-http.html#read-the-code";

/// After an error there is no telling where the next request would begin.
pub fn what_is_no_request_is_400_and_ends_the_connection(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "What breaks the grammar is 400, and then the connection ends: where the next request would begin is \
         not known any more (RFC 9112 §9.6).",
        BOOK,
    );
    for request in [
        "hello\r\n\r\n",
        "GET  /hello.txt HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /hello.txt HTTX/1.1\r\nHost: localhost\r\n\r\n",
        "GET /hello.txt HTTP/1.1\r\n\r\n", // no Host
        "GET /hello.txt HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n",
        "GET /hello.txt HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET /hello.txt HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
    ] {
        let mut client = site.server.client();
        client.send((request.to_owned() + &get("/hello.txt")).as_bytes());
        let answers = site.rest(&mut client);
        let answer = site.one(request, answers);
        site.check_status(request, &answer, &[400]);
    }
}

/// Request smuggling (RFC 9112 §6.3, §11.2).
pub fn a_request_whose_length_is_unclear_is_refused(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "If two readers of a request could disagree on where it ends, one of them takes its body for a \
         request (smuggling). Refuse what is ambiguous.",
        BOOK,
    );
    for fields in [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: +5",
        "Content-Length: 5 5",
        "Content-Length: -1",
    ] {
        let request = format!("POST /echo HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n\r\nhello");
        let answer = site.ask(&request).into_iter().next();
        let status = answer.map(|answer| answer.status);
        if status != Some(400) {
            let received = status.map_or("no answer".to_owned(), |status| status.to_string());
            site.fail(fields, "400", &received);
        }
    }
}

/// A limit for what has to be kept.
pub fn a_head_without_end_is_refused(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A head has to be kept until its end is there, so it needs a limit: what is longer is 431 (or 414, \
         if it is the target), and the connection ends.",
        BOOK,
    );
    let mut client = site.server.client();
    client.send(b"GET /hello.txt HTTP/1.1\r\nHost: localhost\r\n");
    client.flood(&b"X: an endless row of fields\r\n".repeat(100_000));
    let request = "a head of 2.9 MB";
    let answers = site.rest(&mut client);
    let answer = site.one(request, answers);
    site.check_status(request, &answer, &[400, 431]);
    let request = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "x".repeat(500_000)
    );
    let mut client = site.server.client();
    client.flood(request.as_bytes());
    let answers = site.rest(&mut client);
    let answer = site.one(&request, answers);
    site.check_status(&request, &answer, &[400, 414, 431]);
}

/// Unread input would make a reset of the close.
pub fn a_refusal_survives_a_flood(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "Closing a socket with unread input sends a reset, and that destroys the answer on its way: shut \
         down writing, read and drop what still comes, then close.",
        "01-blocking.html#read-the-code",
    );
    let request = "GET /hello.txt HTTP/1.1\r\nHost : a\r\n\r\n";
    let mut client = site.server.client();
    client.send(&[request.as_bytes(), &vec![b'x'; 100_000]].concat());
    let answers = site.rest(&mut client);
    let answer = site.one(request, answers);
    site.check_status(request, &answer, &[400]);
}
