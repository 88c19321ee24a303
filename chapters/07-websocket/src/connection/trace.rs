//! What a trace shows of frames. The reactor tells of the bytes, and chapter 06 of the handshake.
//!
//! Without a trace this costs one look at the level.

use reactor::{Buffer, ConnId, Io};
use tracing::{Level, enabled, trace};

use crate::{Decoder, Header, Limits, Opcode, Role};

/// How many bytes of a payload are unmasked to be shown: more than a trace shows.
const EXCERPT: usize = 64;

/// Whether there is a trace.
#[expect(clippy::inline_always, reason = "each message comes through here")]
#[inline(always)]
pub(crate) fn is_on() -> bool {
    enabled!(Level::TRACE)
}

/// The answer to a handshake is about to be sent.
pub(super) fn switching(io: &Io, id: ConnId, answer: &str) {
    let fd = io.descriptor(id);
    trace!(fd, status = 101, bytes = answer.len(), "response");
}

/// The decoder is about to look at `input`.
#[inline]
pub(super) fn input(io: &Io, id: ConnId, decoder: &Decoder, input: &Buffer, limits: &Limits) {
    if is_on() && decoder.is_between_frames() {
        tell_frames(io, id, decoder, input, limits);
    }
}

/// The decoder needs more than `input`.
#[cold]
#[inline(never)]
pub(super) fn keep(io: &Io, id: ConnId, input: &[u8]) {
    if !input.is_empty() {
        let until = match Header::parse(input, Role::Server, u64::MAX) {
            Ok(Some(_)) => "control", // only these have to be there as a whole
            _ => "header",
        };
        let (fd, bytes) = (io.descriptor(id), input.len());
        trace!(fd, bytes, until, "keep");
    }
}

/// Tells of the frame that the decoder will find at the front of `input`, and of what follows if
/// that is an empty fragment: these it takes in passing. A control frame is told once it is whole,
/// another one once its header is.
#[cold]
#[inline(never)]
fn tell_frames(io: &Io, id: ConnId, decoder: &Decoder, mut input: &[u8], limits: &Limits) {
    while let Ok(Some((header, used))) = decoder.header(input, limits.frame) {
        let there = &input[used..];
        let length = usize::try_from(header.length).unwrap_or(usize::MAX);
        let here = there.len().min(length);
        if header.opcode.is_control() && here < length {
            return;
        }
        tell_input(io, id, &header, &there[..here]);
        if header.length > 0 || header.last {
            return;
        }
        input = there;
    }
}

/// Tells of a frame of which `here` has come.
fn tell_input(io: &Io, id: ConnId, header: &Header, here: &[u8]) {
    let mut data = here[..here.len().min(EXCERPT)].to_vec();
    if let Some(mut mask) = header.mask {
        mask.apply(&mut data);
    }
    trace!(
        fd = io.descriptor(id),
        way = "in",
        opcode = header.opcode.name(),
        fin = header.last,
        rsv1 = header.compressed.then_some(true),
        masked = header.mask.is_some(),
        bytes = header.length,
        here = here.len(),
        data = &data[..],
        "frame"
    );
}

/// Tells that so many compressed bytes have been inflated; 0 for more that comes of those before.
#[expect(clippy::inline_always, reason = "each message comes through here")]
#[inline(always)]
pub(super) fn inflated(io: &Io, id: ConnId, bytes: usize, compressed: usize) {
    if is_on() {
        deflate(io, id, "in", bytes, compressed);
    }
}

/// Tells of a message, or a part of one, that has been inflated, or compressed: then its frame follows.
#[cold]
#[inline(never)]
pub(crate) fn deflate(io: &Io, id: ConnId, way: &str, bytes: usize, compressed: usize) {
    let fd = io.descriptor(id);
    trace!(fd, way, bytes, compressed, "deflate");
}

/// Tells of a frame that is about to be sent, and whose payload begins with `data`.
#[cold]
#[inline(never)]
pub(crate) fn output(io: &Io, id: ConnId, opcode: Opcode, fin: bool, bytes: usize, data: &[u8]) {
    tell_output(io, id, (opcode, fin, false), bytes, data);
}

/// The same of a frame of a compressed message.
#[cold]
#[inline(never)]
pub(crate) fn compressed(io: &Io, id: ConnId, opcode: Opcode, fin: bool, data: &[u8]) {
    let rsv1 = opcode != Opcode::Continuation;
    tell_output(io, id, (opcode, fin, rsv1), data.len(), data);
}

fn tell_output(
    io: &Io,
    id: ConnId,
    (opcode, fin, compressed): (Opcode, bool, bool),
    bytes: usize,
    data: &[u8],
) {
    trace!(
        fd = io.descriptor(id),
        way = "out",
        opcode = opcode.name(),
        fin,
        rsv1 = compressed.then_some(true),
        masked = false,
        bytes,
        data,
        "frame"
    );
}
