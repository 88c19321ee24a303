//! The echo: each message goes back as it came.
//!
//! A message that is there as a whole goes back as one frame, from where it lies. Of a longer one,
//! up to [`HELD`] bytes are collected; then they go out as a fragment, and the next ones follow. So
//! a message of any length takes no more memory than that, and at its end it is the same message.

use std::mem;

use reactor::{ConnId, Io};

use crate::session::send_part;
use crate::{Opcode, Part};

/// Bytes of a message that are held back for its next fragment.
pub const HELD: usize = 128 * 1024;

/// What of a connection's message hasn't gone back yet.
#[derive(Debug, Default)]
pub struct Echo(Option<Box<Held>>);

#[derive(Debug, Default)]
struct Held {
    bytes: Vec<u8>,
    /// Whether fragments of the message are on their way already.
    begun: Begun,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Begun {
    #[default]
    No,
    Yes,
}

impl Echo {
    /// Sends a part of a message back, or keeps it for a while.
    #[inline]
    pub fn add(&mut self, io: &mut Io, id: ConnId, part: Part<'_>) {
        if self.0.is_none() && part.last {
            send_part(io, id, part.kind.opcode(), part);
        } else {
            self.hold(io, id, part);
        }
    }

    fn hold(&mut self, io: &mut Io, id: ConnId, part: Part<'_>) {
        let held = self.0.get_or_insert_default();
        held.bytes.extend_from_slice(part.bytes);
        if !part.last && held.bytes.len() < HELD {
            return;
        }
        let opcode = match mem::replace(&mut held.begun, Begun::Yes) {
            Begun::No => part.kind.opcode(),
            Begun::Yes => Opcode::Continuation,
        };
        let bytes = &held.bytes;
        send_part(io, id, opcode, Part { bytes, ..part });
        held.bytes.clear();
        if part.last {
            self.0 = None;
        }
    }
}
