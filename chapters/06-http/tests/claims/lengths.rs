//! How long a body is, and what becomes of the connection (claims C047, C048, C063 to C065).

use ch06_http::{Event, Framing, Head, HeadParser, Limits, Method, RequestParser};

/// The head at the front of `text`, and how long it is.
fn head(text: &[u8]) -> (Head<'_>, usize) {
    let parsed = HeadParser::default().parse(text, &Limits::default());
    parsed.expect("a valid head").expect("a whole head")
}

fn keeps(version: &str, connection: &str) -> bool {
    let text = format!("GET / HTTP/{version}\r\nHost: a\r\n{connection}\r\n");
    head(text.as_bytes()).0.keep_alive()
}

#[test]
fn c047_the_sample_body_has_the_40_bytes_that_are_announced() {
    let text = b"POST / HTTP/1.1\r\nHost: www.wrox.com\r\nContent-Length:40\r\n\r\n\
        name=Professional%20Ajax&publisher=Wiley";
    let (head, used) = head(text);
    assert_eq!(head.framing(), Framing::Length(40));
    assert_eq!(text.len() - used, 40);
}

#[test]
fn c048_connection_is_a_list_in_whatever_case() {
    assert!(!keeps("1.1", "Connection: Upgrade, CLOSE\r\n"));
    assert!(keeps("1.0", "Connection: te, Keep-Alive\r\n"));
}

#[test]
fn c063_the_method_does_not_tell_whether_there_is_a_body() {
    let framing = |text: &'static str| {
        let (head, _) = head(text.as_bytes());
        (head.method, head.framing())
    };
    assert_eq!(
        framing("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"),
        (Method::Get, Framing::Length(5))
    );
    assert_eq!(
        framing("POST / HTTP/1.1\r\nHost: a\r\n\r\n"),
        (Method::Post, Framing::None)
    );
    assert_eq!(
        framing("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
        (Method::Put, Framing::Chunked)
    );
}

/// A proxy that counts the body lets one request through; a server that doesn't count it reads two.
#[test]
fn c064_a_body_that_is_not_counted_is_the_next_request() {
    let text = b"GET /open HTTP/1.1\r\nHost: a\r\nContent-Length: 34\r\n\r\n\
        GET /secret HTTP/1.1\r\nHost: a\r\n\r\n ";
    let (first, used) = head(text);
    assert_eq!(first.target.path(), b"/open");
    let (second, _) = head(&text[used..]);
    assert_eq!(second.target.path(), b"/secret", "as if it had no body");

    let limits = Limits::default();
    let mut requests = RequestParser::default();
    let mut input = &text[..];
    let mut paths = Vec::new();
    while let Some((event, used)) = requests.next(input, &limits).unwrap() {
        input = &input[used..];
        if let Event::Head(head) = event {
            paths.push(head.target.path());
        }
    }
    assert_eq!(paths, [b"/open"]);
}

#[test]
fn c065_where_connection_says_nothing_the_version_decides() {
    assert!(keeps("1.1", ""));
    assert!(!keeps("1.0", ""));
    assert!(!keeps("1.1", "Connection: close\r\n"));
    assert!(keeps("1.0", "Connection: keep-alive\r\n"));
}
