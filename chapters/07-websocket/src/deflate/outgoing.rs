//! Messages on their way out of one connection, compressed if that has been agreed on and is worth it.

use reactor::{ConnId, Io};

use super::agreement::Direction;
use super::deflater::Deflater;
use super::deflation::Deflation;
use crate::connection::trace;
use crate::{Kind, Opcode, send_compressed, send_frame};

/// What one connection sends its messages with.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// `None` if compression hasn't been agreed on.
    direction: Option<Direction>,
    /// With takeover, it stays.
    own: &'a mut Option<Deflater>,
}

impl<'a> Outgoing<'a> {
    pub(crate) fn new(direction: Option<Direction>, own: &'a mut Option<Deflater>) -> Self {
        Self { direction, own }
    }

    /// Queues a message, compressed if it gets shorter by that.
    pub fn send(
        &mut self,
        io: &mut Io,
        id: ConnId,
        (kind, message): (Kind, &[u8]),
        shared: &mut Deflation,
    ) {
        let opcode = kind.opcode();
        let direction = self.direction;
        match direction.and_then(|direction| shared.message(direction, self.own, message)) {
            Some(compressed) => {
                if trace::is_on() {
                    trace::deflate(io, id, "out", message.len(), compressed.len());
                }
                send_compressed(io, id, opcode, true, compressed);
            }
            None => send_frame(io, id, opcode, message),
        }
    }

    /// Whether a long message that begins with `bytes` is to be compressed, fragment by fragment.
    pub fn pays(&mut self, bytes: &[u8], shared: &mut Deflation) -> bool {
        self.direction.is_some() && shared.is_promising(bytes)
    }

    /// Queues the next fragment of such a message: with the message's opcode if it is the first.
    pub fn send_fragment(
        &mut self,
        io: &mut Io,
        id: ConnId,
        opcode: Opcode,
        (bytes, last): (&[u8], bool),
        shared: &mut Deflation,
    ) {
        let Some(direction) = self.direction else {
            return; // `pays` has said no
        };
        let compressed = shared.fragment(direction, self.own, bytes, last);
        if trace::is_on() {
            trace::deflate(io, id, "out", bytes.len(), compressed.len());
        }
        send_compressed(io, id, opcode, last, compressed);
    }
}
