//! Seats: a member's connection, and the protocol that it speaks.

use reactor::ConnId;
use websocket::deflate::Agreement;
use websocket::{Close, CloseCode, write_close};

use super::{json, lines};
use crate::Event;

/// What the server knows a member by: where to send, and how to word it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat {
    /// The connection. An id that has outlived it matches no other connection.
    pub id: ConnId,
    /// What is spoken there.
    pub protocol: Protocol,
}

/// What a member speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// Lines over TCP.
    Lines,
    /// JSON over WebSocket.
    Json,
    /// The same, compressed where that makes it shorter.
    Compressed,
}

/// Why the server closes a member's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Farewell {
    /// The member has asked for that.
    Quit,
    /// The server goes down.
    Stop,
    /// Too much output has been waiting.
    TooSlow,
    /// The question whether it is still there had no answer.
    NothingHeard,
    /// At the line port, it speaks HTTP.
    Http,
}

impl Seat {
    /// That of a member at the line port.
    #[must_use]
    pub const fn lines(id: ConnId) -> Self {
        let protocol = Protocol::Lines;
        Self { id, protocol }
    }

    /// That of a member with a WebSocket.
    #[must_use]
    pub const fn page(id: ConnId, compression: Option<Agreement>) -> Self {
        let protocol = match compression {
            Some(_) => Protocol::Compressed,
            None => Protocol::Json,
        };
        Self { id, protocol }
    }
}

impl Protocol {
    /// Appends what tells of `event`, uncompressed.
    pub fn write(self, event: &Event, out: &mut Vec<u8>) {
        match self {
            Self::Lines => lines::write(event, out),
            Self::Json | Self::Compressed => json::write(event, out),
        }
    }

    /// The question whether the member is still there.
    #[must_use]
    pub fn question(self) -> &'static [u8] {
        match self {
            Self::Lines => b"? are you still there? /pong or any other line says so\n",
            Self::Json | Self::Compressed => b"\x89\x00", // a Ping without payload (RFC 6455 §5.5.2)
        }
    }

    /// The last words.
    #[must_use]
    pub fn last_words(self, farewell: Farewell) -> Vec<u8> {
        let (code, words) = match farewell {
            Farewell::Quit => (CloseCode::NORMAL, ""),
            Farewell::Stop => (CloseCode::GOING_AWAY, "the server is going down: goodbye"),
            Farewell::TooSlow => (
                CloseCode::POLICY,
                "you are put out: too slow, what was said waited for you to read it",
            ),
            Farewell::NothingHeard => (
                CloseCode::POLICY,
                "you are put out: nothing heard, not even an answer to the question",
            ),
            Farewell::Http => (
                CloseCode::POLICY,
                "this port is for lines, and that was HTTP: the page is at the other port",
            ),
        };
        let mut out = Vec::new();
        match (self, farewell) {
            (Self::Json | Self::Compressed, _) => {
                let code = Some(code);
                write_close(
                    &mut out,
                    None,
                    Close {
                        code,
                        reason: words,
                    },
                );
            }
            (Self::Lines, Farewell::Quit) => {}
            (Self::Lines, Farewell::Stop) => out.extend(format!("- {words}\n").bytes()),
            (Self::Lines, _) => out.extend(format!("! {words}\n").bytes()),
        }
        out
    }
}
