//! Lines of any length from several clients, each in pieces and at a pace of its own.

use std::panic::Location;

use proptest::collection::vec;
use proptest::prelude::*;

use super::MAX_LINE;
use crate::Server;
use crate::stream::made_up::{cases, pace, size, try_out};
use crate::stream::{Bytes, End, Pace, Stream, converse};

/// Where the book explains what an edge asks of a server.
const EDGES: &str = "03-epoll-et.html#read-the-code";

/// What one client says.
#[derive(Debug, Clone)]
struct Said {
    /// The lengths of its lines.
    lines: Vec<usize>,
    last: Last,
    pace: Pace,
}

#[derive(Debug, Clone)]
enum Last {
    /// Nothing: it stays.
    Nothing,
    /// A line of this length without its end, and then the end.
    Unfinished(usize),
    Quit,
    /// So many bytes more than a line may have.
    TooLong(usize),
}

fn said() -> impl Strategy<Value = Said> {
    let length = || prop_oneof![1 => Just(0), 12 => size(300), 3 => size(MAX_LINE)];
    let last = prop_oneof![
        2 => Just(Last::Nothing),
        3 => length().prop_map(Last::Unfinished),
        1 => Just(Last::Quit),
        1 => size(20_000).prop_map(Last::TooLong),
    ];
    (vec(length(), 0..100), last, pace()).prop_map(|(lines, last, pace)| Said { lines, last, pace })
}

impl Said {
    fn stream(self) -> Stream<Bytes> {
        let mut sent = Vec::new();
        for (length, letter) in self.lines.into_iter().zip((b'a'..=b'z').cycle()) {
            sent.extend(vec![letter; length]);
            sent.push(b'\n');
        }
        let mut expected = sent.clone();
        let end = match self.last {
            Last::Nothing => End::Open,
            Last::Unfinished(length) => {
                sent.extend(vec![b'u'; length]);
                expected.extend(vec![b'u'; length]);
                End::Ours
            }
            Last::Quit => {
                sent.extend(b"quit\n");
                expected.extend(b"goodbye\n");
                End::Theirs
            }
            Last::TooLong(more) => {
                sent.extend(vec![b't'; MAX_LINE + more]);
                expected.extend(b"line too long\n");
                End::Theirs
            }
        };
        let (expected, pace) = (expected.into(), self.pace);
        Stream {
            sent,
            expected,
            end,
            pace,
            to: None,
        }
    }
}

/// Whatever the lines, pieces and paces are, each client gets its own lines back, and the server
/// sleeps when nothing is left to do.
#[track_caller]
pub fn lines_come_back_at_any_pace(server: &Server) {
    server.teach(
        "Whatever has been read is answered, and whatever arrives is read: without another push.",
        EDGES,
    );
    let source = Location::caller().file();
    try_out(source, cases(), &vec(said(), 1..4), |clients| {
        let streams = clients.into_iter().map(Said::stream).collect();
        converse(server, streams).map(|_| ())
    });
}

/// A long stream of lines: whole, in pieces, and to a reader whose kernel holds little.
///
/// # Panics
///
/// If a line is missing.
pub fn twenty_thousand_lines_come_back_whole_in_pieces_and_through_a_narrow_window(
    server: &Server,
) {
    server.teach(
        "Whatever has been read is answered, and whatever arrives is read: without another push.",
        EDGES,
    );
    let lines: Vec<u8> = (0..20_000)
        .flat_map(|line| format!("line {line}\n").into_bytes())
        .collect();
    for pace in [
        Pace::default(),
        Pace::in_pieces(lines.len(), 9000, 1),
        Pace::narrow(),
    ] {
        let stream = Stream {
            sent: lines.clone(),
            expected: Bytes::from(lines.clone()),
            end: End::Ours,
            pace,
            to: None,
        };
        if let Err(failure) = converse(server, vec![stream]) {
            panic!("{failure}");
        }
    }
}
