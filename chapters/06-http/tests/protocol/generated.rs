//! Requests that are made up: of parts that are right, nearly right and wrong, then perhaps spoilt.

use ch06_http::{Event, Framing, Limits, RequestParser};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::checks;

/// A part of a request: mostly one of those that are right.
fn part(
    right: &'static [&'static str],
    wrong: &'static [&'static str],
) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        30 => select(right).prop_map(|part| part.as_bytes().to_vec()),
        1 => select(wrong).prop_map(|part| part.as_bytes().to_vec()),
    ]
}

fn line_end() -> impl Strategy<Value = Vec<u8>> {
    const WRONG: [&str; 6] = ["\n", "\r", "\r\r\n", "\n\r\n", "", "\0\r\n"];
    prop_oneof![
        60 => Just(b"\r\n".to_vec()),
        1 => select(&WRONG[..]).prop_map(|end| end.as_bytes().to_vec()),
    ]
}

fn request_line() -> impl Strategy<Value = Vec<u8>> {
    let method = part(
        &[
            "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE",
            "PATCH", "M-SEARCH",
        ],
        &[
            "",
            "get",
            "GE T",
            "G\0T",
            "(GET)",
            "GET\t",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ],
    );
    let target = part(
        &[
            "/",
            "/",
            "/",
            "/",
            "/a/b.html",
            "/a?b=c&d=%20",
            "http://a/",
            "http://a:80/b?c",
            "*",
            "a:443",
            "/%2e%2e/",
            "//",
        ],
        &[
            "",
            "a",
            "/ /",
            "/\u{e4}",
            "/#a",
            "http://",
            "http://u@a/",
            "/\x7f",
            "ftp://a/",
            "/a\tb",
        ],
    );
    let version = part(
        &["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2"],
        &[
            "HTTP/2.0",
            "HTTP/1.10",
            "http/1.1",
            "HTTP/1",
            "",
            "HTTP/0.9",
            "HTTP/1.1 ",
        ],
    );
    let space = || part(&[" "], &["", "  ", "\t"]);
    (method, space(), target, space(), version, line_end())
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
}

fn field() -> impl Strategy<Value = Vec<u8>> {
    const RIGHT: [&str; 12] = [
        "Content-Length: 5\r\n",
        "Content-Length: 0\r\n",
        "Content-Length:12\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Connection: close\r\n",
        "Connection: keep-alive, Upgrade\r\n",
        "Expect: 100-continue\r\n",
        "Upgrade: x\r\n",
        "X: y\r\n",
        "X:\r\n",
        "X:\t\u{e4} y \r\n",
        "Accept: */*\r\n",
    ];
    prop_oneof![
        8 => select(&RIGHT[..]).prop_map(|line| line.as_bytes().to_vec()),
        1 => any_field(),
    ]
}

/// A field whose parts don't know of each other.
fn any_field() -> impl Strategy<Value = Vec<u8>> {
    let name = part(
        &[
            "Content-Length",
            "Transfer-Encoding",
            "Connection",
            "Expect",
            "X",
            "Accept",
            "host",
            "User-Agent",
            "Upgrade",
            "If-None-Match",
        ],
        &["", " X", "X ", "X\t", "(X)", "X\0", "\u{e4}", "\tX"],
    );
    let colon = part(&[": ", ":", ":\t ", ": "], &["", " :", "=", " "]);
    let value = part(
        &[
            "a",
            "",
            "5",
            "0",
            "12",
            "chunked",
            "close",
            "keep-alive",
            "upgrade, x",
            "100-continue",
            "a:80",
            "\u{e4}",
            "a\tb",
            "x ",
        ],
        &[
            "5, 5",
            "+5",
            "-1",
            "99999999999999999999",
            "gzip, chunked",
            "chunked, gzip",
            "a b",
            "\0",
            "\x7f",
        ],
    );
    (name, colon, value, line_end()).prop_map(|(a, b, c, d)| [a, b, c, d].concat())
}

fn head() -> impl Strategy<Value = Vec<u8>> {
    let host = part(
        &["Host: a\r\n", "Host: a:80\r\n", "Host: a,%62:\r\n"],
        &["", "Host: a\r\nHost: a\r\n", "Host:\r\n", "Host: a b\r\n"],
    );
    let empty = part(
        &["", "", "", "\r\n"],
        &["\r\n\r\n\r\n", "\n", "\r\n\r\n\r\n\r\n\r\n"],
    );
    (empty, request_line(), host, vec(field(), 0..4), line_end())
        .prop_map(|(a, b, c, d, e)| [a, b, c, d.concat(), e].concat())
}

fn chunk() -> impl Strategy<Value = Vec<u8>> {
    let extension = part(
        &["", "", "", ";a=b", " ; a=\"b\\\"\""],
        &[" ", ";", ";a=", "x", "\t\0"],
    );
    let length = prop_oneof![20 => Just(0_usize), 1 => 0..3_usize];
    (
        vec(any::<u8>(), 1..20),
        extension,
        line_end(),
        length,
        line_end(),
    )
        .prop_map(|(data, extension, end, more, last)| {
            let size = format!("{:x}", data.len() + more).into_bytes();
            [size, extension, end, data, last].concat()
        })
}

fn chunks() -> impl Strategy<Value = Vec<u8>> {
    let trailers = part(
        &["", "", "X: y\r\n"],
        &["X\r\n", "Host: a\r\n", " X: y\r\n", "X: \0\r\n"],
    );
    let last = part(
        &["0", "0", "00", "0;a"],
        &["0 ", "", "00000000000000000", "0x0", "-0"],
    );
    (vec(chunk(), 0..4), last, line_end(), trailers, line_end())
        .prop_map(|(a, b, c, d, e)| [a.concat(), b, c, d, e].concat())
}

/// What a spoiler does to one byte.
#[derive(Debug, Clone)]
enum Spoil {
    Not,
    Replace(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Cut(usize),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    const TELLING: &[u8] = b"\r\n\0\t :;,0a";
    let byte = || prop_oneof![select(TELLING), any::<u8>()];
    prop_oneof![
        4 => Just(Spoil::Not),
        1 => (any::<usize>(), byte()).prop_map(|(at, byte)| Spoil::Replace(at, byte)),
        1 => (any::<usize>(), byte()).prop_map(|(at, byte)| Spoil::Insert(at, byte)),
        1 => any::<usize>().prop_map(Spoil::Remove),
        1 => any::<usize>().prop_map(Spoil::Cut),
    ]
}

impl Spoil {
    fn apply(self, mut bytes: Vec<u8>) -> Vec<u8> {
        let length = bytes.len().max(1);
        match self {
            Self::Replace(at, byte) => {
                if let Some(old) = bytes.get_mut(at % length) {
                    *old = byte;
                }
            }
            Self::Insert(at, byte) => bytes.insert(at % (bytes.len() + 1), byte),
            Self::Remove(at) if !bytes.is_empty() => {
                bytes.remove(at % length);
            }
            Self::Not | Self::Remove(_) => {}
            Self::Cut(at) => bytes.truncate(at % length),
        }
        bytes
    }
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    let body = prop_oneof![Just(Vec::new()), vec(any::<u8>(), 0..20), chunks()];
    (head(), body).prop_map(|(head, body)| [head, body].concat())
}

/// A request that is right, and what has to be read in it.
fn valid() -> impl Strategy<Value = (Vec<u8>, String, Vec<u8>)> {
    let data = vec(any::<u8>(), 0..60);
    let sizes = vec(1..20_usize, 0..6);
    (
        "[A-Z]{1,8}",
        "/[a-z0-9/._-]{0,20}",
        vec("[a-z0-9 ]{0,12}", 0..5),
        data,
        sizes,
    )
        .prop_map(|(method, path, values, data, sizes)| {
            let mut text = format!("{method} {path} HTTP/1.1\r\nhost: a\r\n").into_bytes();
            let mut said = vec![method.clone(), path.clone(), "host=a".to_string()];
            for (nth, value) in values.iter().enumerate() {
                text.extend(format!("x-{nth}:{value}\r\n").into_bytes());
                said.push(format!("x-{nth}={}", value.trim()));
            }
            if sizes.is_empty() {
                text.extend(format!("content-length: {}\r\n\r\n", data.len()).into_bytes());
                text.extend(&data);
                return (text, said.join(" "), data);
            }
            text.extend(b"transfer-encoding: chunked\r\n\r\n");
            let mut rest = &data[..];
            for size in sizes {
                let (chunk, others) = rest.split_at(size.min(rest.len()));
                rest = others;
                if !chunk.is_empty() {
                    text.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
                    text.extend(chunk);
                    text.extend(b"\r\n");
                }
            }
            text.extend(b"0\r\n\r\n");
            let said_data = data[..data.len() - rest.len()].to_vec();
            (text, said.join(" "), said_data)
        })
}

#[test]
fn of_what_is_made_up_much_is_right_and_much_is_wrong() {
    let mut runner = TestRunner::deterministic();
    let (messages, limits) = (message(), Limits::default());
    let mut accepted = 0;
    for _ in 0..1000 {
        let message = messages.new_tree(&mut runner).expect("a message").current();
        let event = RequestParser::default().next(&message, &limits);
        accepted += usize::from(matches!(event, Ok(Some((Event::Head(_), _)))));
    }
    assert!(
        (300..700).contains(&accepted),
        "{accepted} of 1,000 were accepted"
    );
}

proptest! {
    #[test]
    fn requests_of_any_kind_are_read_in_one_way(
        messages in vec(message(), 1..3),
        spoil in spoil(),
        cut: usize,
    ) {
        checks::requests(&spoil.apply(messages.concat()), cut);
    }

    #[test]
    fn chunks_of_any_kind_are_read_in_one_way(chunks in chunks(), spoil in spoil(), cut: usize) {
        checks::body(&spoil.apply(chunks), cut);
    }

    #[test]
    fn targets_of_any_kind_are_taken_apart(text in "[/a-z0-9%?&=+#:@.*\\[\\]\\x00\\x7f -]{0,30}") {
        checks::target(text.as_bytes());
    }

    #[test]
    fn bytes_of_any_kind_are_survived(input: Vec<u8>, cut: usize) {
        checks::requests(&input, cut);
        checks::body(&input, cut);
        checks::target(&input);
    }

    #[test]
    fn a_valid_request_says_what_was_meant((text, said, data) in valid(), cut: usize) {
        prop_assume!(!said.starts_with("CONNECT ") && !said.starts_with("TRACE "));
        let limits = Limits::default();
        let mut requests = RequestParser::default();
        let (mut words, mut read, mut at, mut ends) = (Vec::new(), Vec::new(), 0, 0);
        for end in [cut % (text.len() + 1), text.len()] {
            while let Some((event, used)) = requests.next(&text[at..end], &limits).expect("it is valid") {
                at += used;
                match event {
                    Event::Head(head) => {
                        words.push(head.method.to_string());
                        words.push(head.target.path().escape_ascii().to_string());
                        for (name, value) in head.fields {
                            if name != b"content-length" && name != b"transfer-encoding" {
                                words.push(format!("{}={}", name.escape_ascii(), value.escape_ascii()));
                            }
                        }
                        ends += usize::from(head.framing() == Framing::Length(0));
                    }
                    Event::Data(data) => read.extend_from_slice(data),
                    Event::End => ends += 1,
                }
            }
        }
        prop_assert_eq!((words.join(" "), read, at, ends), (said, data, text.len(), 1));
    }
}
