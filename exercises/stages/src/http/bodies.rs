//! Requests with bodies.

use super::{HELLO, get, long, start};
use crate::Subject;

const BOOK: &str = "06-http.html#read-the-code";

/// Content-Length
pub fn a_body_with_a_length_comes_back(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "POST /echo is answered with its own body. Content-Length says how many bytes follow the empty line.",
        BOOK,
    );
    let request = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
    site.expect_content(request, b"hello");
}

/// RFC 9112 §7.1
pub fn a_body_in_chunks_comes_back(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "With Transfer-Encoding: chunked the body comes in pieces, each after its length in hexadecimal \
         digits; extensions after `;` and trailers are read and dropped. The last piece has length 0.",
        BOOK,
    );
    let request = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
                   3;a=b\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n";
    site.expect_content(request, b"abc0123456789abcdef");
}

/// A body is bytes, and no text.
pub fn any_byte_may_stand_in_a_body(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A body is bytes, not text and not lines: CR, LF and NUL in it mean nothing.",
        BOOK,
    );
    let body = [&b"GET / HTTP/1.1\r\n\r\n"[..], &long(70_000)].concat();
    let head = format!(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answers = site.ask([head.as_bytes(), &body].concat());
    let answer = site.one(&head, answers);
    site.check_status(&head, &answer, &[200]);
    site.check_content(&head, &answer, &body);
}

/// Otherwise the body would be taken for the next request.
pub fn a_body_that_nothing_wants_is_not_a_request(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A body that you have no use for has to be read all the same: what follows it is the next request.",
        BOOK,
    );
    let body = get("/hello.txt");
    let post = format!(
        "POST /hello.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answers = site.ask(post.clone() + &get("/missing"));
    let codes: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    if codes != [405, 404] {
        site.fail(&post, "405, and 404 for the next", &format!("{codes:?}"));
    }
}

/// `--max-body 1000`
pub fn a_body_that_is_too_long_is_refused(subject: &Subject) {
    let site = start(
        subject,
        &["--max-body", "1000"],
        "A body has a limit, here --max-body 1000: what is longer is 413, whether the head says so or the \
         chunks add up to it, and the connection ends.",
        BOOK,
    );
    let body = "x".repeat(1000);
    let fits =
        format!("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{body}");
    site.expect_content(&fits, body.as_bytes());
    for request in [
        format!("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\nx{body}"),
        format!(
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\nx{body}\r\n0\r\n\r\n"
        ),
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n"
            .to_owned(),
    ] {
        site.expect_status(&request, &[413]);
    }
}

/// RFC 9110 §10.1.1
pub fn a_client_that_expects_100_is_told_to_continue(subject: &Subject) {
    let site = start(
        subject,
        &[],
        "A client that sends `Expect: 100-continue` waits for `HTTP/1.1 100 Continue` and an empty line \
         before it sends its body.",
        BOOK,
    );
    let request = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\nExpect: 100-continue\r\n\r\n";
    let mut client = site.server.client();
    client.send(request.as_bytes());
    client.expect(b"HTTP/1.1 100 Continue\r\n\r\n");
    client.send(HELLO);
    client.finish_sending();
    let answers = site.rest(&mut client);
    let answer = site.one(request, answers);
    site.check_content(request, &answer, HELLO);
}
