//! How the reactor calls its handler: one method per occasion, and the order they come in.

use std::io;
use std::mem;

use crate::connection::{ConnId, Phase};
use crate::deadlines::Stop;
use crate::io::Io;
use crate::sockets::Flushed;
use crate::{Buffer, Handler, Reactor};

impl<H: Handler> Reactor<H> {
    /// Calls back with the session of `id`.
    pub(crate) fn call(&mut self, id: ConnId, callback: impl FnOnce(&mut Io, &mut H::Session)) {
        if let Some(Some(session)) = self.sessions.get_mut(id.slot() as usize) {
            callback(&mut self.io, session);
        }
    }

    /// Calls back with the session and the input of `id`, and keeps what is left of the input.
    fn lend(&mut self, id: ConnId, callback: impl FnOnce(&mut Io, &mut H::Session, &mut Buffer)) {
        let mut kept = self.io.lend_input(id, &mut self.scratch);
        if let Some(Some(session)) = self.sessions.get_mut(id.slot() as usize) {
            let input = kept.as_deref_mut().unwrap_or(&mut self.scratch);
            callback(&mut self.io, session, input);
        }
        self.io.keep_input(id, kept, &mut self.scratch);
    }

    /// Input has come, `scratch` holds all of it, and no output is queued: the usual case.
    #[inline]
    pub(crate) fn offer_scratch(&mut self, handler: &mut H, id: ConnId) {
        self.io.serving = id;
        if let Some(Some(session)) = self.sessions.get_mut(id.slot() as usize) {
            handler.on_data(&mut self.io, id, session, &mut self.scratch);
        }
        if !self.scratch.is_empty() {
            self.io.keep_input(id, None, &mut self.scratch);
        }
        self.io.served(id);
    }

    /// There is input, some of it kept, or there is output queued.
    #[cold]
    pub(crate) fn offer(&mut self, handler: &mut H, id: ConnId) {
        self.lend(id, |io, session, input| {
            io.serve(id);
            handler.on_data(io, id, session, input);
            io.served(id);
        });
    }

    /// The peer has finished sending.
    #[cold]
    pub(crate) fn offer_end(&mut self, handler: &mut H, id: ConnId) {
        self.lend(id, |io, session, input| {
            handler.on_end(io, id, session, input);
        });
    }

    /// The server is going down. A full connection hears of it when it has drained.
    pub(crate) fn offer_stop(&mut self, handler: &mut H, id: ConnId) {
        if self.io.is_open(id) && !self.io.is_full(id) {
            self.call(id, |io, session| handler.on_stop(io, id, session));
        }
    }

    /// The handler can go on where it left off: with its input, and then with the news that no
    /// more will come, if so.
    pub(crate) fn offer_again(&mut self, handler: &mut H, id: ConnId) {
        if !self.io.is_open(id) {
            return;
        }
        if let Some(connection) = self.io.connections.get_mut(id) {
            connection.resumed = false;
        }
        self.offer(handler, id);
        let ended = self
            .io
            .connections
            .get(id)
            .is_some_and(|connection| connection.phase == Phase::Ended && !connection.full);
        if ended {
            self.offer_end(handler, id);
        }
        if self.io.stop != Stop::No {
            self.offer_stop(handler, id);
        }
        self.io.queue_flush(id); // there may be room for input again
    }

    /// Calls back those for whom [`Io::resume`] was called.
    pub(crate) fn offer_resumed(&mut self, handler: &mut H) {
        if self.io.resumed.is_empty() {
            return; // as in nearly every turn
        }
        for id in mem::take(&mut self.io.resumed) {
            // One that is full gets its offer when it has drained.
            if !self.io.is_full(id) {
                self.offer_again(handler, id);
            }
        }
    }

    /// Flushes every connection that has got output, or a change of state, in this turn.
    pub(crate) fn flush(&mut self, handler: &mut H) {
        if self.io.unflushed.is_empty() {
            return;
        }
        mem::swap(&mut self.io.unflushed, &mut self.flushing);
        for index in 0..self.flushing.len() {
            let id = self.flushing[index];
            if self.io.flush(id) == Flushed::Drained {
                self.drained(handler, id);
            }
        }
        self.flushing.clear();
    }

    fn drained(&mut self, handler: &mut H, id: ConnId) {
        if !self.io.is_open(id) {
            return;
        }
        self.call(id, |io, session| handler.on_drain(io, id, session));
        let waits = self.io.connections.get(id).is_some_and(|connection| {
            connection.input.is_some() || connection.resumed || connection.phase == Phase::Ended
        });
        if (waits || self.io.stop != Stop::No) && !self.io.is_full(id) {
            self.offer_again(handler, id);
        }
    }

    // ANCHOR: bury
    /// Removes the dead. Only now are their descriptors closed, when no event of this turn's batch
    /// is left that could be taken for one of a newcomer with the same number.
    pub(crate) fn bury(&mut self, handler: &mut H) -> io::Result<()> {
        if self.io.dead.is_empty() {
            return Ok(());
        }
        while !self.io.dead.is_empty() {
            for id in mem::take(&mut self.io.dead) {
                let Some(why) = self.io.bury(id) else {
                    continue;
                };
                if let Some(session) = self.sessions[id.slot() as usize].take() {
                    handler.on_close(&mut self.io, id, session, why);
                }
            }
        }
        self.listeners.wake(&self.io.epoll)
    }
    // ANCHOR_END: bury
}
