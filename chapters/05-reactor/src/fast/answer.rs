//! The fast path: what a connection's own `on_data` sends is written as soon as that returns.
//!
//! ```text
//!   recv ─► on_data ─► io.send(id, ..) ──► answer ─► one send(2), and nothing is left
//!                  │                          └────► what the socket doesn't take: its queue
//!                  └─► io.send(other, ..) ─────────► the other's queue ─► end of the turn
//! ```
//!
//! Most servers answer whichever client has asked. Such an answer needs no queue of its own, no
//! entry in a list, and no second look at what epoll should watch for. So there is one buffer for
//! the answers of all connections, on loan to the one that is being served. Whatever is unusual
//! takes the way through the connection's own queue. What is long is written at once, from where
//! it lies, since another write costs less than a copy.

use std::io::{IoSlice, Write};
use std::mem;
use std::net::TcpStream;

use tracing::{Level, enabled};

use crate::output::{send_pieces, trace_write};
use crate::slots::Key;
use crate::{Buffer, ConnId, Limits};

/// From this many bytes on, to copy costs more than another write.
pub(crate) const LONG: usize = 16 * 1024;

/// What the `on_data` that runs has sent to its own connection, and what isn't written of it.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The connection whose `on_data` runs and may use this, or none.
    serving: ConnId,
    bytes: Vec<u8>,
    /// Bytes that are written already.
    written: usize,
    /// From this many bytes on, an answer takes the way through its connection's queue: it fills
    /// its connection, or is more than one turn's share.
    limit: usize,
}

impl Answer {
    pub fn new(limits: &Limits) -> Self {
        let high_water = usize::try_from(limits.high_water).unwrap_or(usize::MAX);
        Self {
            serving: ConnId(Key::NONE),
            bytes: Vec::new(),
            written: 0,
            limit: high_water.min(limits.write),
        }
    }

    /// Whether what is sent to `id` goes here.
    #[inline]
    pub fn is_for(&self, id: ConnId) -> bool {
        self.serving == id
    }

    /// Bytes that are sent and not written.
    pub fn pending(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The `on_data` of `id` begins.
    #[inline]
    pub fn begin(&mut self, id: ConnId) {
        self.serving = id;
    }

    /// Adds a copy of `bytes`.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Writes what there is and `bytes` behind it to `stream` at once, and keeps a copy of what the
    /// socket didn't take. False if there is such a rest, which has to go into the connection's queue.
    #[inline(never)]
    pub fn write_with(&mut self, stream: &TcpStream, bytes: &[u8]) -> bool {
        let all = self.bytes.len() + bytes.len();
        if self.written + all >= self.limit {
            self.push(bytes);
            return true;
        }
        let pieces = [IoSlice::new(&self.bytes), IoSlice::new(bytes)];
        // The queue will meet with the same error, and deal with it.
        let sent = send_pieces(stream, &pieces, 0).unwrap_or(0);
        if sent > 0 && enabled!(Level::TRACE) {
            trace_write(stream, &[&self.bytes, bytes].concat(), sent);
        }
        self.written += sent;
        if sent == all {
            self.bytes.clear();
            return true;
        }
        self.push(bytes);
        self.bytes.drain(..sent);
        false
    }

    /// The `on_data` has returned: writes its answer to `stream`. False if there is a
    /// [rest](Self::rest), which has to go into the connection's queue.
    #[expect(clippy::inline_always, reason = "each message comes through here")]
    #[inline(always)]
    pub fn write(&mut self, stream: &TcpStream) -> bool {
        if self.bytes.len() >= self.limit {
            return false;
        }
        // Of an error, nothing is written; the queue will meet with the same, and deal with it.
        let sent = (&*stream).write(&self.bytes).unwrap_or(0);
        if enabled!(Level::TRACE) && sent > 0 {
            trace_write(stream, &self.bytes, sent);
        }
        if sent < self.bytes.len() {
            self.written = sent;
            return false;
        }
        self.bytes.clear();
        true
    }

    /// What isn't written of the answer.
    #[cold]
    pub fn rest(&mut self) -> Buffer {
        let mut rest = Buffer::from(mem::take(&mut self.bytes));
        rest.consume(mem::take(&mut self.written));
        rest
    }

    /// Ends the loan. Tells whether there is something to write.
    #[inline]
    pub fn end(&mut self) -> bool {
        self.serving = ConnId(Key::NONE);
        self.written = 0;
        !self.bytes.is_empty()
    }
}
