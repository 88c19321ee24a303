//! One WebSocket connection on the reactor: it answers what the protocol answers, and passes on
//! what is said.
//!
//! ```text
//!   input ──► Decoder ──► Part ───────────────────► whoever has this session
//!                     ├─► Ping ───► a Pong
//!                     ├─► Close ──► a Close ──┐
//!                     └─► an error ► a Close ─┴───► the TCP connection is closed
//! ```
//!
//! All answers to what one read has brought go out in one write: the reactor sees to that.

use std::ops::ControlFlow;

use reactor::{Buffer, ConnId, Io};

use super::heartbeat::Heartbeat;
use crate::{
    Accepted, Close, CloseCode, Closing, Decoder, Error, Event, Header, Limits, Opcode, Part, Role,
};

use super::trace;

/// What one connection remembers.
#[derive(Debug)]
pub struct WebSocket {
    decoder: Decoder,
    closing: Closing,
    pub(crate) heartbeat: Heartbeat,
}

impl WebSocket {
    /// Sends the answer to the opening handshake. From here on the connection speaks WebSocket.
    #[must_use]
    pub fn open(io: &mut Io, id: ConnId, accepted: &Accepted<'_>) -> Self {
        let answer = accepted.answer();
        trace::switching(io, id, &answer);
        io.send(id, answer.as_bytes());
        Self {
            decoder: Decoder::new(Role::Server),
            closing: Closing::Open,
            heartbeat: Heartbeat::default(),
        }
    }

    /// To be called from [`Handler::on_data`](reactor::Handler::on_data): takes what there is,
    /// and calls `said` with each part of a message, as long as the output isn't full.
    #[inline]
    pub fn on_data(
        &mut self,
        io: &mut Io,
        id: ConnId,
        limits: &Limits,
        input: &mut Buffer,
        mut said: impl FnMut(&mut Io, Part<'_>),
    ) {
        self.on_data_until(io, id, limits, input, |io, part| {
            said(io, part);
            ControlFlow::Continue(())
        });
    }

    /// As [`Self::on_data`], and leaves the rest of the input where `said` breaks.
    #[inline]
    // ANCHOR: on_data
    pub fn on_data_until(
        &mut self,
        io: &mut Io,
        id: ConnId,
        limits: &Limits,
        input: &mut Buffer,
        mut said: impl FnMut(&mut Io, Part<'_>) -> ControlFlow<()>,
    ) {
        self.heartbeat.heard();
        while !input.is_empty() && !io.is_full(id) {
            trace::input(io, id, &self.decoder, input, limits);
            match self.decoder.next(input, limits) {
                Ok(None) => return trace::keep(io, id, input),
                Ok(Some(Event::Data(part))) => {
                    if self.closing.is_open() && said(io, part).is_break() {
                        return;
                    }
                }
                Ok(Some(Event::Ping(payload))) => {
                    if self.closing.is_open() {
                        send_frame(io, id, Opcode::Pong, payload);
                    }
                }
                Ok(Some(Event::Pong(_))) => {}
                Ok(Some(Event::Close(theirs))) => {
                    let ours = self.closing.received(theirs);
                    return finish(io, id, ours);
                }
                Err(error) => return self.fail(io, id, error),
            }
        }
    }
    // ANCHOR_END: on_data

    /// Whether messages may still be sent: neither side has sent a Close.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.closing.is_open()
    }

    /// The peer has broken the protocol (RFC 6455 §7.1.7).
    #[cold]
    fn fail(&mut self, io: &mut Io, id: ConnId, error: Error) {
        let ours = self.closing.failed(error);
        finish(io, id, ours);
    }

    /// Closes the connection, for a reason of ours: sends a Close, and no more. What still comes
    /// is not passed on; with the peer's Close, or when the heart has stopped, it ends.
    pub fn close(&mut self, io: &mut Io, id: ConnId, close: Close<'_>) {
        if let Some(close) = self.closing.close(close) {
            send_close(io, id, close);
        }
    }

    /// To be called from [`Handler::on_stop`](reactor::Handler::on_stop): the server goes down.
    /// From now on nothing is received, so nobody can wait for the peer's Close. It may still send
    /// it: the reactor lingers.
    pub fn on_stop(&mut self, io: &mut Io, id: ConnId) {
        self.close(io, id, Close::from(CloseCode::GOING_AWAY));
        io.close(id);
    }
}

/// Queues the header of a frame with `length` bytes of payload, which have to follow.
#[expect(clippy::inline_always, reason = "each message comes through here")]
#[inline(always)]
pub fn send_header(io: &mut Io, id: ConnId, opcode: Opcode, last: bool, length: usize) {
    let header = Header {
        opcode,
        last,
        mask: None,
        length: length as u64,
    };
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
        return trace::send_frame(io, id, opcode, payload);
    }
    send_header(io, id, opcode, true, payload.len());
    io.send(id, payload);
}

pub(crate) fn send_close(io: &mut Io, id: ConnId, close: Close<'_>) {
    let mut payload = Vec::new();
    close.write(&mut payload);
    send_frame(io, id, Opcode::Close, &payload);
}

/// The closing handshake is done, or has failed: this side closes the TCP connection first, as a
/// server should (RFC 6455 §7.1.1).
fn finish(io: &mut Io, id: ConnId, close: Option<Close<'_>>) {
    if let Some(close) = close {
        send_close(io, id, close);
    }
    io.close(id);
}
