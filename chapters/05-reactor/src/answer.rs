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

use std::mem;

use crate::Buffer;
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
        self.serving = ConnId::NOBODY;
        if self.answer.is_empty() {
            return;
        }
        let mut sent = 0;
        if self.answer.len() < self.long_answer
            && let Some(connection) = self.connections.get(id)
        {
            // The queue will meet with the same error, and deal with it.
            sent = output::send(&connection.stream, &self.answer, 0).unwrap_or(0);
        }
        if sent == self.answer.len() {
            self.answer.clear();
        } else {
            self.queue_answer(id, sent);
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
