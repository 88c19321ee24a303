//! The assembler: messages as a whole, for callers that need them so.

use crate::{Kind, Part};

/// Puts parts together.
///
/// A message that comes in one part is passed on as it lies in the input; only the others are
/// copied. What they may come to is the decoder's limit ([`Limits::message`](crate::Limits)).
///
/// ```
/// use ch07_websocket::{Assembler, Kind, Part};
///
/// let mut assembler = Assembler::default();
/// let part = |bytes, last| Part { kind: Kind::Text, bytes, last };
/// assert_eq!(assembler.add(part(b"Hel", false)), None);
/// let message = assembler.add(part(b"lo", true)).expect("all of it");
/// assert_eq!(message.text(), Some("Hello"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Assembler {
    /// The parts of a message that is not complete; of one that has been handed out, until the
    /// next part comes.
    parts: Vec<u8>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Between,
    Within,
}

/// A message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// What it is made of.
    pub kind: Kind,
    /// All of it.
    pub bytes: &'a [u8],
}

impl<'a> Message<'a> {
    /// Its text, if it is one.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        match self.kind {
            Kind::Text => str::from_utf8(self.bytes).ok(),
            Kind::Binary => None,
        }
    }
}

/// Memory for parts that is kept from one message to the next.
const KEPT: usize = 4096;

impl Assembler {
    /// Bytes of memory that it holds.
    #[must_use]
    pub fn held(&self) -> usize {
        self.parts.capacity()
    }

    /// Adds a part: the message, if it ends with that.
    pub fn add<'a>(&'a mut self, part: Part<'a>) -> Option<Message<'a>> {
        let kind = part.kind;
        if self.state == State::Between {
            self.parts.clear();
            self.parts.shrink_to(KEPT);
            if part.last {
                let bytes = part.bytes;
                return Some(Message { kind, bytes });
            }
        }
        self.parts.extend_from_slice(part.bytes);
        self.state = if part.last {
            State::Between
        } else {
            State::Within
        };
        part.last.then_some(Message {
            kind,
            bytes: &self.parts,
        })
    }
}

#[cfg(test)]
mod tests;
