//! Streams of requests, and what comes back: of each request, what comes back if it is asked alone.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::sync::LazyLock;

use harness::Directory;
use harness::Server;
use harness::stream::made_up::{pace, size};
use harness::stream::{Bytes, End, Pace, Stream};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::answers::directory_with;

/// The files of the site, by their lengths: in memory, on a limit, sent from the file.
const FILES: [usize; 10] = [
    0, 1, 100, 1000, 16_384, 16_385, 65_535, 65_536, 65_537, 1_048_576,
];

/// Bytes that come back for one entry of a stream, about, at most.
const MUCH: usize = 1_000_000;

/// Content of this length, at most as long as the longest file.
fn content(length: usize) -> Vec<u8> {
    static CONTENT: LazyLock<Vec<u8>> = LazyLock::new(|| crate::answers::long(1_048_576));
    CONTENT[..length].to_vec()
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Ask {
    /// For the file of this length.
    Get(usize),
    /// The same, and only the head.
    Head(usize),
    /// For a part of the longest file.
    Part(usize, usize),
    /// With a body of this length, to the echo.
    Post(usize),
    /// The same in chunks of these lengths.
    Chunked(Vec<usize>),
    /// With a body that nothing wants.
    Unwanted(usize),
    Missing,
    /// The last one.
    Close,
    /// No request.
    Wrong,
}

impl Ask {
    fn bytes(&self) -> Vec<u8> {
        let simple = |line: &str| format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes();
        match self {
            Self::Get(length) => simple(&format!("GET /{length}")),
            Self::Head(length) => simple(&format!("HEAD /{length}")),
            Self::Part(from, to) => {
                format!("GET /1048576 HTTP/1.1\r\nHost: a\r\nRange: bytes={from}-{to}\r\n\r\n")
                    .into_bytes()
            }
            Self::Post(length) => with_body("POST /echo", *length),
            Self::Unwanted(length) => with_body("PUT /100", *length),
            Self::Chunked(chunks) => {
                let mut bytes =
                    b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        .to_vec();
                for &length in chunks {
                    bytes.extend(format!("{length:x}\r\n").bytes());
                    bytes.extend(content(length));
                    bytes.extend(b"\r\n");
                }
                bytes.extend(b"0\r\n\r\n");
                bytes
            }
            Self::Missing => simple("GET /missing"),
            Self::Close => b"GET /100 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec(),
            Self::Wrong => b"GET /100 HTTP/1.1\r\n\r\n".to_vec(),
        }
    }

    /// The status and the content of its answer.
    fn answer(&self) -> (u16, Option<Vec<u8>>) {
        match self {
            Self::Get(length) | Self::Post(length) => (200, Some(content(*length))),
            Self::Head(_) => (200, Some(Vec::new())),
            Self::Part(from, to) => (206, Some(content(to + 1).split_off(*from))),
            Self::Chunked(chunks) => {
                let chunks = chunks.iter().map(|&length| content(length));
                (200, Some(chunks.collect::<Vec<_>>().concat()))
            }
            Self::Unwanted(_) => (405, None),
            Self::Missing => (404, None),
            Self::Close => (200, Some(content(100))),
            Self::Wrong => (400, None),
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::Get(length) | Self::Post(length) | Self::Unwanted(length) => *length,
            Self::Part(from, to) => to - from,
            Self::Chunked(chunks) => chunks.iter().sum(),
            Self::Head(_) | Self::Missing | Self::Close | Self::Wrong => 0,
        }
    }
}

fn with_body(line: &str, length: usize) -> Vec<u8> {
    let head = format!("{line} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    [head.into_bytes(), content(length)].concat()
}

/// A directory with [`FILES`].
pub fn directory() -> Directory {
    let directory = directory_with("0", b"");
    for length in FILES {
        fs::write(directory.join(length.to_string()), content(length)).unwrap();
    }
    directory
}

/// What one client asks.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Requests, each so many times.
    pub asks: Vec<(Ask, usize)>,
    pub end: Ending,
    pub pace: Pace,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It stays.
    Open,
    /// It finishes sending.
    Finished,
    /// It asks for this last: the server closes.
    Last(Ask),
}

pub fn asked() -> impl Strategy<Value = Asked> {
    let file = || prop_oneof![3 => Just(1000), 4 => select(&FILES[..])];
    let part = (0..1_048_576_usize, size(1_048_575));
    let part = part.prop_map(|(from, length)| Ask::Part(from, (from + length).min(1_048_575)));
    let ask = prop_oneof![
        6 => file().prop_map(Ask::Get),
        1 => file().prop_map(Ask::Head),
        1 => part,
        2 => (0..2_usize, size(100_000)).prop_map(|(none, length)| Ask::Post(none * length)),
        2 => vec(size(20_000), 0..6).prop_map(Ask::Chunked),
        1 => size(50_000).prop_map(Ask::Unwanted),
        1 => Just(Ask::Missing),
    ];
    let end = prop_oneof![
        2 => Just(Ending::Open),
        3 => Just(Ending::Finished),
        1 => Just(Ending::Last(Ask::Close)),
        1 => Just(Ending::Last(Ask::Wrong)),
    ];
    (vec((ask, size(4000)), 0..8), end, pace()).prop_map(|(mut asks, end, pace)| {
        for (ask, times) in &mut asks {
            *times = (*times).min(MUCH / (ask.length() + 200) + 1);
        }
        Asked { asks, end, pace }
    })
}

/// What a server answers to each request.
pub struct Answers<'a> {
    server: &'a Server,
    known: RefCell<HashMap<Ask, Vec<u8>>>,
}

impl<'a> Answers<'a> {
    pub fn of(server: &'a Server) -> Self {
        Self {
            server,
            known: RefCell::default(),
        }
    }

    pub fn stream(&self, asked: Asked) -> Stream<Bytes> {
        let Asked { asks, end, pace } = asked;
        let (mut sent, mut expected) = (Vec::new(), Bytes::default());
        let last = match &end {
            Ending::Last(ask) => Some((ask.clone(), 1)),
            Ending::Open | Ending::Finished => None,
        };
        for (ask, times) in asks.into_iter().chain(last) {
            sent.extend(ask.bytes().repeat(times));
            self.expect(ask, times, &mut expected);
        }
        let end = match end {
            Ending::Open => End::Open,
            Ending::Finished => End::Ours,
            Ending::Last(_) => End::Theirs,
        };
        Stream {
            sent,
            expected,
            end,
            pace,
            to: None,
        }
    }

    fn expect(&self, ask: Ask, times: usize, expected: &mut Bytes) {
        let mut known = self.known.borrow_mut();
        let answer = known
            .entry(ask)
            .or_insert_with_key(|ask| self.answer_alone(ask));
        let date = b"\r\nDate: ";
        let date = answer.windows(8).position(|bytes| bytes == date).unwrap() + 8;
        for _ in 0..times {
            expected.push(
                answer,
                Some(date..date + "Sun, 06 Nov 1994 08:49:37 GMT".len()),
            );
        }
    }

    /// Asks for it alone, and checks the answer.
    fn answer_alone(&self, ask: &Ask) -> Vec<u8> {
        let mut client = self.server.client();
        client.send(&ask.bytes());
        client.finish_sending();
        let received = client.read_to_end();
        let end = received.windows(4).position(|four| four == b"\r\n\r\n");
        let (head, content) = received.split_at(end.expect("the end of a head") + 4);
        let (status, expected) = ask.answer();
        let line = format!("HTTP/1.1 {status} ");
        assert!(head.starts_with(line.as_bytes()), "{}", head.escape_ascii());
        if let Some(expected) = expected {
            assert!(content == expected, "{ask:?} has other content");
        }
        received
    }
}
