//! Streams of frames behind a handshake, and the frames that come back.

use ch07_websocket::{Close, CloseCode, Error, Header, Mask, Opcode, write_fragment};
use harness::stream::made_up::{pace, size};
use harness::stream::{Bytes, End, Pace, Stream};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::socket::{SWITCHING, masked, masked_close, plain, request};

/// Bytes of messages in one entry of a stream, about, at most.
const MUCH: usize = 1_000_000;

/// A message, in fragments.
#[derive(Debug, Clone)]
pub struct Message {
    pub kind: Opcode,
    pub fragments: Vec<Fragment>,
}

#[derive(Debug, Clone)]
pub struct Fragment {
    pub length: usize,
    /// The length of a Ping behind it.
    pub ping: Option<usize>,
}

/// What one client says.
#[derive(Debug, Clone)]
pub struct Said {
    /// Messages, each so many times.
    pub messages: Vec<(Message, usize)>,
    pub last: Last,
    pub pace: Pace,
}

#[derive(Debug, Clone)]
pub enum Last {
    /// Nothing: it stays.
    Nothing,
    /// The end of the connection, without a Close.
    End,
    Close,
    /// A frame that isn't masked.
    Unmasked,
}

impl Message {
    /// One frame.
    pub fn of(length: usize) -> Self {
        Self {
            kind: Opcode::Binary,
            fragments: vec![Fragment { length, ping: None }],
        }
    }

    fn length(&self) -> usize {
        self.fragments.iter().map(|fragment| fragment.length).sum()
    }

    fn content(&self) -> Vec<u8> {
        let length = self.length();
        match self.kind {
            // Two bytes a character, so that fragments cut some of them.
            Opcode::Text => ["ü".repeat(length / 2), "u".repeat(length % 2)]
                .concat()
                .into_bytes(),
            _ => (0..=250).cycle().take(length).collect(),
        }
    }

    fn write(&self, sent: &mut Vec<u8>, back: &mut Vec<u8>) {
        let content = self.content();
        let (mut rest, last) = (&content[..], self.fragments.len() - 1);
        for (nth, fragment) in self.fragments.iter().enumerate() {
            let (bytes, behind) = rest.split_at(fragment.length);
            rest = behind;
            let header = Header {
                opcode: if nth == 0 {
                    self.kind
                } else {
                    Opcode::Continuation
                },
                last: nth == last,
                compressed: false,
                mask: Some(Mask::new([1, 2, 3, 4])),
                length: bytes.len() as u64,
            };
            write_fragment(sent, header, bytes);
            if nth == last {
                back.extend(plain(self.kind, &content));
            }
            if let Some(length) = fragment.ping {
                sent.extend(masked(Opcode::Ping, &vec![b'p'; length]));
                back.extend(plain(Opcode::Pong, &vec![b'p'; length]));
            }
        }
    }
}

impl Said {
    pub fn stream(self) -> Stream<Bytes> {
        let (mut sent, mut expected) = (request(""), SWITCHING.to_vec());
        for (message, times) in self.messages {
            let (mut frames, mut back) = (Vec::new(), Vec::new());
            message.write(&mut frames, &mut back);
            sent.extend(frames.repeat(times));
            expected.extend(back.repeat(times));
        }
        let end = match self.last {
            Last::Nothing => End::Open,
            Last::End => End::Ours,
            Last::Close => {
                sent.extend(masked_close(Close::from(CloseCode::NORMAL)));
                let code = CloseCode::NORMAL.number().to_be_bytes();
                expected.extend(plain(Opcode::Close, &code));
                End::Theirs
            }
            Last::Unmasked => {
                sent.extend(plain(Opcode::Text, b""));
                let (code, text) = (Error::Unmasked.code().number(), Error::Unmasked.text());
                let close = [&code.to_be_bytes(), text.as_bytes()].concat();
                expected.extend(plain(Opcode::Close, &close));
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

fn message() -> impl Strategy<Value = Message> {
    let length = prop_oneof![
        2 => Just(0),
        12 => size(2000),
        3 => select(&[125_usize, 126, 65_535, 65_536, 65_537][..]),
        3 => size(300_000),
        1 => size(2 * 1024 * 1024),
    ];
    let ping = proptest::option::weighted(0.2, 0..126_usize);
    let fragment = (length, ping).prop_map(|(length, ping)| Fragment { length, ping });
    let fragments = prop_oneof![
        2 => fragment.clone().prop_map(|fragment| vec![fragment]),
        1 => vec(fragment, 1..6),
    ];
    let kind = select(&[Opcode::Text, Opcode::Binary][..]);
    (kind, fragments).prop_map(|(kind, fragments)| Message { kind, fragments })
}

pub fn said() -> impl Strategy<Value = Said> {
    let last = prop_oneof![
        2 => Just(Last::Nothing),
        2 => Just(Last::End),
        2 => Just(Last::Close),
        1 => Just(Last::Unmasked),
    ];
    let messages = vec((message(), size(4000)), 0..6);
    (messages, last, pace()).prop_map(|(mut messages, last, pace)| {
        for (message, times) in &mut messages {
            *times = (*times).min(MUCH / (message.length() + 200) + 1);
        }
        Said {
            messages,
            last,
            pace,
        }
    })
}
