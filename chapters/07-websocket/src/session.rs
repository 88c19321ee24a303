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

use reactor::{Buffer, ConnId, Io};

use crate::heartbeat::Heartbeat;
use crate::{
    Accepted, Close, CloseCode, Closing, Decoder, Error, Event, Header, Kind, Limits, Opcode, Part,
    Role,
};

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
        io.send(id, accepted.answer().as_bytes());
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
        self.heartbeat.heard();
        while !io.is_full(id) {
            match self.decoder.next(input, limits) {
                Ok(None) => return,
                Ok(Some(Event::Data(part))) => {
                    if self.closing.is_open() {
                        said(io, part);
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

/// Queues a message, or a part of one, as a frame. The first frame of a message has its opcode,
/// the others are continuations.
#[inline]
pub fn send_part(io: &mut Io, id: ConnId, opcode: Opcode, part: Part<'_>) {
    let header = Header {
        opcode,
        last: part.last,
        mask: None,
        length: part.bytes.len() as u64,
    };
    io.send(id, &header.encode());
    io.send(id, part.bytes);
}

/// Queues a message in one frame.
#[inline]
pub fn send(io: &mut Io, id: ConnId, kind: Kind, bytes: &[u8]) {
    send_frame(io, id, kind.opcode(), bytes);
}

/// Queues a whole frame.
#[inline]
pub(crate) fn send_frame(io: &mut Io, id: ConnId, opcode: Opcode, payload: &[u8]) {
    let header = Header {
        opcode,
        last: true,
        mask: None,
        length: payload.len() as u64,
    };
    io.send(id, &header.encode());
    io.send(id, payload);
}

fn send_close(io: &mut Io, id: ConnId, close: Close<'_>) {
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
