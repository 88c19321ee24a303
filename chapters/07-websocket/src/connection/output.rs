//! Frames on their way into a connection's output.

use reactor::{ConnId, Io};

use super::trace;
use crate::{Close, Header, Opcode};

/// Queues the header of a frame with `length` bytes of payload, which have to follow.
#[expect(clippy::inline_always, reason = "each message comes through here")]
#[inline(always)]
pub fn send_header(io: &mut Io, id: ConnId, opcode: Opcode, last: bool, length: usize) {
    let header = Header {
        opcode,
        last,
        compressed: false,
        mask: None,
        length: length as u64,
    };
    queue_header(io, id, &header);
}

#[expect(clippy::inline_always, reason = "each message comes through here")]
#[inline(always)]
fn queue_header(io: &mut Io, id: ConnId, header: &Header) {
    match (header.short(), header.middle()) {
        (Some(two), _) => io.send(id, &two),
        (_, Some(four)) => io.send(id, &four),
        _ => io.send(id, &header.encode()),
    }
}

/// Queues a whole frame: a message, or a control frame.
#[expect(clippy::inline_always, reason = "each message comes through here")]
#[inline(always)]
pub fn send_frame(io: &mut Io, id: ConnId, opcode: Opcode, payload: &[u8]) {
    if trace::is_on() {
        return send_traced(io, id, opcode, payload);
    }
    send_header(io, id, opcode, true, payload.len());
    io.send(id, payload);
}

/// The same with a trace.
#[cold]
#[inline(never)]
fn send_traced(io: &mut Io, id: ConnId, opcode: Opcode, payload: &[u8]) {
    trace::output(io, id, opcode, true, payload.len(), payload);
    send_header(io, id, opcode, true, payload.len());
    io.send(id, payload);
}

/// Queues a frame of a compressed message: the first one, if it has the message's opcode.
pub(crate) fn send_compressed(io: &mut Io, id: ConnId, opcode: Opcode, last: bool, payload: &[u8]) {
    if trace::is_on() {
        trace::compressed(io, id, opcode, last, payload);
    }
    let header = Header {
        opcode,
        last,
        compressed: opcode != Opcode::Continuation,
        mask: None,
        length: payload.len() as u64,
    };
    queue_header(io, id, &header);
    io.send(id, payload);
}

/// Queues a Close.
pub(crate) fn send_close(io: &mut Io, id: ConnId, close: Close<'_>) {
    let mut payload = Vec::new();
    close.write(&mut payload);
    send_frame(io, id, Opcode::Close, &payload);
}
