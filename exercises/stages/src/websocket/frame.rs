//! Frames, as the judge writes them: with code of its own, so that no fault is shared with what it judges.

use std::io::Read;

use harness::{Client, Server};

/// A frame's opcode (RFC 6455 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// One frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    kind: Kind,
    is_last: bool,
    payload: &'a [u8],
}

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

impl<'a> Frame<'a> {
    /// A frame that is a message, or the last of one.
    pub(crate) fn of(kind: Kind, payload: &'a [u8]) -> Self {
        Self {
            kind,
            is_last: true,
            payload,
        }
    }

    /// A frame that others follow.
    pub(crate) fn begun(kind: Kind, payload: &'a [u8]) -> Self {
        Self {
            is_last: false,
            ..Self::of(kind, payload)
        }
    }

    /// As a client sends it.
    pub(crate) fn masked(self) -> Vec<u8> {
        let mut out = self.header(0x80);
        out.extend(MASK);
        let masked = self.payload.iter().zip(MASK.iter().cycle());
        out.extend(masked.map(|(byte, mask)| byte ^ mask));
        out
    }

    /// As a server sends it.
    pub(crate) fn plain(self) -> Vec<u8> {
        let mut out = self.header(0);
        out.extend(self.payload);
        out
    }

    fn header(self, mask: u8) -> Vec<u8> {
        let mut out = vec![u8::from(self.is_last) << 7 | self.kind as u8];
        let length = self.payload.len();
        if length < 126 {
            out.push(mask | length.to_le_bytes()[0]);
        } else if let Ok(length) = u16::try_from(length) {
            out.push(mask | 0x7e);
            out.extend(length.to_be_bytes());
        } else {
            out.push(mask | 0x7f);
            out.extend((length as u64).to_be_bytes());
        }
        out
    }
}

/// A Close from a client.
pub(crate) fn masked_close(code: u16) -> Vec<u8> {
    Frame::of(Kind::Close, &code.to_be_bytes()).masked()
}

/// The next byte; fails with a verdict where there is none.
#[track_caller]
pub(crate) fn read_one(server: &Server, client: &Client, what: &str) -> u8 {
    let mut byte = [0];
    let deadline = Some(harness::DEADLINE);
    let read = client
        .stream()
        .set_read_timeout(deadline)
        .and_then(|()| client.stream().read_exact(&mut byte));
    match read {
        Ok(()) => byte[0],
        Err(error) => server.fail_with(what, &format!("no more of it: {error}")),
    }
}

/// The payload of the next frame, which has to be a whole text of a server.
#[track_caller]
pub(crate) fn read_text(server: &Server, client: &Client) -> Vec<u8> {
    let what = "a text frame";
    let next = || read_one(server, client, what);
    let first = next();
    if first == 0x89 {
        // A Ping: its payload is short, and the test has no need to answer.
        for _ in 0..next() {
            next();
        }
        return read_text(server, client);
    }
    if first != 0x81 {
        server.fail_with(what, &format!("a frame that begins with {first:02x}"));
    }
    let length = match next() {
        126 => usize::from(u16::from_be_bytes([next(), next()])),
        short if short < 126 => usize::from(short),
        other => server.fail_with(what, &format!("{other:02x} as its length")),
    };
    (0..length).map(|_| next()).collect()
}
