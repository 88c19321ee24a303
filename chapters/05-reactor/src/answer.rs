//! The fast path: what a connection's own `on_data` sends is written as soon as that returns.
//!
//! ```text
//!   recv ─► on_data ─► io.send(id, ..) ──► answer ─► one send(2), and nothing is left
//!                  │                          └────► what the socket doesn't take: its queue
//!                  └─► io.send(other, ..) ─────────► the other's queue ─► end of the turn
//! ```
//!
//! Most servers answer whoever has asked. Such an answer needs no queue of its own, no entry in a
//! list, and no second look at what epoll should watch for. So there is one buffer for the answers
//! of all connections, on loan to the one that is being served. Whatever is unusual takes the way
//! through the connection's own queue. What is long can be written at once, from where it lies.

use std::io::{IoSlice, Write};
use std::mem;

use tracing::{Level, enabled};

use crate::Buffer;
use crate::connection::ConnId;
use crate::io::Io;
use crate::output::{send_pieces, trace_write};

/// From this many bytes on, to copy costs more than another write.
const LONG: usize = 16 * 1024;

impl Io {
    /// As [`Self::send`], and empties `bytes`. What a connection's own `on_data` sends first isn't
    /// copied: the two buffers change places.
    #[inline]
    pub fn send_all(&mut self, id: ConnId, bytes: &mut Vec<u8>) {
        if id == self.serving && self.answer.is_empty() {
            mem::swap(&mut self.answer, bytes);
        } else {
            self.send(id, bytes);
            bytes.clear();
        }
    }

    /// The `on_data` of `id` begins. If its queue isn't empty, its answer has to go behind that.
    pub(crate) fn serve(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get(id)
            && connection.output.is_none()
        {
            self.serving = id;
        }
    }

    /// As [`Self::send`]; but if these are 16 KiB or more, and the connection's own `on_data` sends
    /// them, they are written at once, with what it has sent before. Only what the socket doesn't
    /// take is copied, and only that is pending.
    #[inline]
    pub fn send_at_once(&mut self, id: ConnId, bytes: &[u8]) {
        if id == self.serving && bytes.len() >= LONG {
            self.write_long(bytes);
        } else {
            self.send(id, bytes);
        }
    }

    #[inline(never)]
    fn write_long(&mut self, bytes: &[u8]) {
        let all = self.answer.len() + bytes.len();
        let sent = match self.connections.get(self.serving) {
            Some(connection) if self.written + all < self.long_answer => {
                let pieces = [IoSlice::new(&self.answer), IoSlice::new(bytes)];
                // The queue will meet with the same error, and deal with it.
                let sent = send_pieces(&connection.stream, &pieces).unwrap_or(0);
                if sent > 0 && enabled!(Level::TRACE) {
                    trace_write(&connection.stream, &[&self.answer, bytes].concat(), sent);
                }
                sent
            }
            _ => return self.answer.extend_from_slice(bytes),
        };
        self.written += sent;
        if sent == all {
            return self.answer.clear();
        }
        self.answer.extend_from_slice(bytes);
        self.answer.drain(..sent);
        self.set_answer_aside();
    }

    /// The `on_data` of `id` has returned: its answer goes out.
    #[expect(clippy::inline_always, reason = "each message comes through here")]
    #[inline(always)]
    pub(crate) fn served(&mut self, id: ConnId) {
        self.serving = ConnId::NOBODY;
        self.written = 0;
        if self.answer.is_empty() {
            return;
        }
        // The dead keep their slots until the end of the turn: this one is still its own.
        let Some((_, connection)) = self.connections.tenant(id.slot()) else {
            return self.queue_answer(id, 0);
        };
        if self.answer.len() >= self.long_answer {
            return self.queue_answer(id, 0);
        }
        match (&connection.stream).write(&self.answer) {
            Ok(sent) => {
                if enabled!(Level::TRACE) {
                    trace_write(&connection.stream, &self.answer, sent);
                }
                if sent < self.answer.len() {
                    self.queue_answer(id, sent);
                } else {
                    self.answer.clear();
                }
            }
            // The queue will meet with the same error, and deal with it.
            Err(_) => self.queue_answer(id, 0),
        }
    }

    /// Ends the fast path: what there is of the answer goes into its connection's queue.
    pub(crate) fn set_answer_aside(&mut self) {
        let id = mem::replace(&mut self.serving, ConnId::NOBODY);
        if !self.answer.is_empty() {
            self.queue_answer(id, 0);
        }
    }

    #[cold]
    fn queue_answer(&mut self, id: ConnId, sent: usize) {
        let mut answer = Buffer::from(mem::take(&mut self.answer));
        answer.consume(sent);
        self.push(id, |output| output.push_buffer(answer));
    }
}
