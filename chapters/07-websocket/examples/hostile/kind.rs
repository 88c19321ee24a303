//! The kinds of hostile clients.

use ch07_websocket::{Header, Mask, Opcode, write_frame};

const MASK: Mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);

/// What a hostile client says first, and what it says again and again.
pub struct Kind {
    pub name: &'static str,
    pub shakes_hands: bool,
    pub first: Vec<u8>,
    pub again: Vec<u8>,
    pub reads: Reads,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    All,
    Nothing,
}

impl Kind {
    /// All of them, in the order of the table.
    pub fn all() -> Vec<Self> {
        let kind = |name, first: &[u8], again: &[u8], reads| Self {
            name,
            shakes_hands: true,
            first: first.to_vec(),
            again: again.to_vec(),
            reads,
        };
        let begun = |length| header(Opcode::Binary, true, length);
        let endless = |name| kind(name, &begun(60 << 20), &[b'x'; 8192], Reads::All);
        let mut huge = begun(1 << 62);
        huge[2] = 0x80; // 2^63: no length that the protocol has
        vec![
            Self {
                shakes_hands: false,
                ..kind("half handshakes", &HANDSHAKE[..59], b"A: b\r\n", Reads::All)
            },
            kind("half frames", &begun(60_000), b"x", Reads::All),
            endless("endless messages"),
            kind("lengths of 2^63", &huge, b"", Reads::All),
            kind("no Pongs", b"", b"", Reads::All),
            kind(
                "that don't read",
                b"",
                &frame(Opcode::Binary, &[b'x'; 8000]),
                Reads::Nothing,
            ),
            kind(
                "floods of Pings",
                b"",
                &frame(Opcode::Ping, &[b'x'; 125]).repeat(50),
                Reads::All,
            ),
            kind(
                "empty fragments",
                &header(Opcode::Text, false, 0),
                &header(Opcode::Continuation, false, 0).repeat(1000),
                Reads::All,
            ),
            endless("endless, once more"),
        ]
    }
}

fn frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_frame(&mut out, opcode, Some(MASK), payload);
    out
}

/// The header of a frame; where `length` is 0, all of it.
fn header(opcode: Opcode, last: bool, length: u64) -> Vec<u8> {
    let header = Header {
        opcode,
        last,
        mask: Some(MASK),
        length,
    };
    header.encode().to_vec()
}

/// A request to become a WebSocket connection.
pub const HANDSHAKE: &[u8] =
    b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nHost: a\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
