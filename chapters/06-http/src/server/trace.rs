//! What a trace shows of HTTP. The reactor tells of the bytes.
//!
//! Without a trace this costs one look at the level.

use reactor::{ConnId, Io};
use tracing::{Level, enabled, trace};

use super::state::State;
use crate::response::FileRange;
use crate::{Head, Status};

/// The head of a request has come.
#[inline]
pub(super) fn request(io: &Io, id: ConnId, head: &Head<'_>) {
    if enabled!(Level::TRACE) {
        tell_request(io, id, head);
    }
}

/// An answer is about to be sent: `out`, and perhaps a file after it.
#[expect(clippy::inline_always, reason = "each answer comes through here")]
#[inline(always)]
pub(super) fn response(io: &Io, id: ConnId, status: Status, out: &[u8], file: Option<&FileRange>) {
    if enabled!(Level::TRACE) {
        tell_response(io, id, status, out, file);
    }
}

/// So many `bytes` of the input stay where they are.
#[inline]
pub(super) fn keep(io: &Io, id: ConnId, state: &State, bytes: usize) {
    if enabled!(Level::TRACE) {
        tell_keep(io, id, state, bytes);
    }
}

#[cold]
#[inline(never)]
fn tell_request(io: &Io, id: ConnId, head: &Head<'_>) {
    let fd = io.descriptor(id);
    let (method, target) = (head.method.name(), head.target.text());
    trace!(fd, method, target, "request");
}

#[cold]
#[inline(never)]
fn tell_response(io: &Io, id: ConnId, status: Status, out: &[u8], file: Option<&FileRange>) {
    let fd = io.descriptor(id);
    let behind = file.map_or(0, |(_, range)| range.end - range.start);
    let bytes = out.len() as u64 + behind;
    trace!(fd, status = status.code(), bytes, "response");
}

#[cold]
#[inline(never)]
fn tell_keep(io: &Io, id: ConnId, state: &State, bytes: usize) {
    let until = match state {
        State::Closed => return,
        State::Waiting(_) => "answer",
        _ if io.is_full(id) => "room",
        State::Body(_) => "body",
        State::Ready => "head",
    };
    let fd = io.descriptor(id);
    trace!(fd, bytes, until, "keep");
}
