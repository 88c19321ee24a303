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
//! through the connection's own queue.

use std::io::{self, ErrorKind};
use std::mem;

use crate::connection::ConnId;
use crate::io::Io;
use crate::output;

impl Io {
    /// The `on_data` of `id` begins. If its queue isn't empty, its answer has to go behind that.
    pub(crate) fn serve(&mut self, id: ConnId) {
        if let Some(connection) = self.connections.get(id)
            && connection.output.is_none()
        {
            self.serving = id;
        }
    }

    /// The `on_data` of `id` has returned: its answer goes out.
    #[expect(clippy::inline_always, reason = "each message comes through here")]
    #[inline(always)]
    pub(crate) fn served(&mut self, id: ConnId) {
        if self.serving == id
            && !self.answer.is_empty()
            && self.answer.len() < self.long_answer
            && let Some(connection) = self.connections.get(id)
        {
            match output::send(&connection.stream, &self.answer, 0) {
                Ok(sent) if sent == self.answer.len() => self.answer.clear(),
                Ok(sent) => self.answer.consume(sent),
                Err(error) => self.answer_failed(id, &error),
            }
        }
        self.serving = ConnId::NOBODY;
        if !self.answer.is_empty() {
            self.queue_answer(id);
        }
    }

    #[cold]
    fn answer_failed(&mut self, id: ConnId, error: &io::Error) {
        if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) {
            self.failed(id, "write", error);
        }
    }

    /// Ends the fast path: what there is of the answer goes into its connection's queue.
    pub(crate) fn set_answer_aside(&mut self) {
        let id = mem::replace(&mut self.serving, ConnId::NOBODY);
        if !self.answer.is_empty() {
            self.queue_answer(id);
        }
    }

    #[cold]
    fn queue_answer(&mut self, id: ConnId) {
        let answer = mem::take(&mut self.answer);
        self.push(id, |output| output.push_buffer(answer));
    }
}
