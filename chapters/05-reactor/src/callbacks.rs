//! How the handler is called: with which session, and in which order.

use std::net::IpAddr;

use nix::sys::epoll::EpollFlags;

use crate::connection::{Connection, HEADROOM};
use crate::received::{Left, Received};
use crate::{Buffer, Closed, ConnId, Handler, Io, Origin};

/// What epoll reports unasked: the connection has failed, or both its directions are closed.
const GONE: EpollFlags = EpollFlags::EPOLLERR.union(EpollFlags::EPOLLHUP);

/// Bytes that a connection may hold which is given up and says why.
const LAST_WORD: usize = 1024;

/// The handler, and its sessions.
pub(crate) struct Callbacks<'h, H: Handler> {
    pub handler: &'h mut H,
    /// The session of the connection in the slot of the same number.
    sessions: Vec<Option<H::Session>>,
    /// Every read goes here; a connection keeps only what its handler leaves.
    scratch: Buffer,
}

impl<'h, H: Handler> Callbacks<'h, H> {
    /// Connections are read up to `read` bytes at a time.
    pub fn new(handler: &'h mut H, read: usize) -> Self {
        Self {
            handler,
            sessions: Vec::new(),
            scratch: Buffer::with_size(HEADROOM + read),
        }
    }

    /// There is a new connection.
    pub fn open(&mut self, io: &mut Io, id: ConnId, origin: Origin) {
        let session = self.handler.on_open(io, id, origin);
        let slot = id.0.slot() as usize;
        if self.sessions.len() <= slot {
            self.sessions.resize_with(slot + 1, || None);
        }
        self.sessions[slot] = Some(session);
    }

    /// Reads and calls back, as long as there is input and this connection's turn lasts.
    // ANCHOR: read
    #[inline]
    pub fn read(&mut self, io: &mut Io, id: ConnId, report: EpollFlags) {
        for reads in 1.. {
            let received = io.sockets.receive(id, report, &mut self.scratch);
            let left = if let Received::All(left) = received {
                self.offer_scratch(io, id);
                left
            } else {
                self.received_otherwise(io, id, report, received)
            };
            match left {
                Left::Nothing => return,
                Left::Perhaps if reads < io.sockets.limits.reads => {}
                Left::Perhaps | Left::Unwanted => break,
            }
        }
        io.sockets.spend_edge(id); // nothing has shown that no more is there
    }
    // ANCHOR_END: read

    #[cold]
    fn received_otherwise(
        &mut self,
        io: &mut Io,
        id: ConnId,
        report: EpollFlags,
        received: Received,
    ) -> Left {
        match received {
            Received::All(left) | Received::More(left) => {
                self.offer(io, id);
                left
            }
            // A reset comes behind the input that was received before it, so that was read
            // first. Only closing ends these flags.
            Received::Nothing | Received::Unwanted if report.intersects(GONE) => {
                io.sockets.kill(id, Closed::RESET);
                Left::Nothing
            }
            Received::Nothing => Left::Nothing,
            Received::End => {
                self.lend(io, id, |handler, io, session, input| {
                    handler.on_end(io, id, session, input);
                });
                Left::Unwanted
            }
            // Lingering, both directions are closed as soon as the peer has sent its end of
            // file; but it may still be reading, so only the end itself counts.
            Received::Unwanted | Received::Discarded => Left::Unwanted,
            Received::Failed(why) => {
                io.sockets.kill(id, why);
                Left::Nothing
            }
        }
    }

    /// Input has come, `scratch` holds all of it, and no output is queued: the usual case.
    #[inline]
    fn offer_scratch(&mut self, io: &mut Io, id: ConnId) {
        io.answer.begin(id);
        if let Some(Some(session)) = self.sessions.get_mut(id.0.slot() as usize) {
            self.handler.on_data(io, id, session, &mut self.scratch);
        }
        io.write_answer(id);
        if !self.scratch.is_empty() {
            io.sockets.keep_input(id, None, &mut self.scratch);
        }
    }

    /// There is input, some of it kept, or there is output queued.
    #[cold]
    fn offer(&mut self, io: &mut Io, id: ConnId) {
        self.lend(io, id, |handler, io, session, input| {
            let at_once = Connection::may_answer_at_once;
            if io.sockets.get(id).is_some_and(at_once) {
                io.answer.begin(id); // otherwise, an answer has to go behind what is queued
            }
            handler.on_data(io, id, session, input);
            io.write_answer(id);
        });
    }

    /// Calls back with the session and the input of `id`, and keeps what is left of the input.
    fn lend(
        &mut self,
        io: &mut Io,
        id: ConnId,
        callback: impl FnOnce(&mut H, &mut Io, &mut H::Session, &mut Buffer),
    ) {
        let connection = io.sockets.get_mut(id);
        let mut kept = connection.and_then(|connection| connection.lend_input(&mut self.scratch));
        if let Some(Some(session)) = self.sessions.get_mut(id.0.slot() as usize) {
            let input = kept.as_deref_mut().unwrap_or(&mut self.scratch);
            callback(self.handler, io, session, input);
        }
        io.sockets.keep_input(id, kept, &mut self.scratch);
    }

    /// Calls back with the session of `id`.
    fn call(
        &mut self,
        io: &mut Io,
        id: ConnId,
        callback: impl FnOnce(&mut H, &mut Io, &mut H::Session),
    ) {
        if let Some(Some(session)) = self.sessions.get_mut(id.0.slot() as usize) {
            callback(self.handler, io, session);
        }
    }

    /// The handler can go on with its input where it left off, if it may.
    pub fn offer_again(&mut self, io: &mut Io, id: ConnId) {
        let Some(connection) = io.sockets.get_mut(id) else {
            return;
        };
        // One that is full gets its offer when it has drained.
        if !connection.may_be_offered() {
            return;
        }
        if io.sockets.ledger.is_over() {
            return io.postpone(id);
        }
        let Some(connection) = io.sockets.get_mut(id) else {
            return;
        };
        connection.offered();
        self.offer(io, id);
        io.sockets.queue_flush(id); // there may be room for input again
    }

    /// Output that was full has drained: what waited for that comes now, the input that was left
    /// first. A paused connection is offered none, but told of a stop nevertheless.
    pub fn drained(&mut self, io: &mut Io, id: ConnId) {
        if !io.sockets.is_open(id) {
            return;
        }
        self.call(io, id, |handler, io, session| {
            handler.on_drain(io, id, session);
        });
        let owed = Connection::is_owed_an_offer;
        if io.sockets.get(id).is_some_and(owed) {
            self.offer_again(io, id);
        }
        if io.is_stopping() {
            self.stop(io, id);
        }
    }

    /// A timer of the handler has run out.
    pub fn timer(&mut self, io: &mut Io, id: ConnId, key: u8) {
        self.call(io, id, |handler, io, session| {
            handler.on_timer(io, id, session, key);
        });
    }

    /// Who pays for what `id` holds.
    pub fn payer(&self, io: &Io, id: ConnId) -> Option<IpAddr> {
        let session = self.sessions.get(id.0.slot() as usize)?.as_ref()?;
        self.handler.payer(io, id, session)
    }

    /// All hold too much, and `id` is one that is given up: it may say a word, and then it holds
    /// next to nothing, or it is cut.
    pub fn over_limit(&mut self, io: &mut Io, id: ConnId) {
        let held = |io: &Io| io.sockets.get(id).map_or(0, Connection::held);
        let before = held(io);
        if io.sockets.is_open(id) {
            self.call(io, id, |handler, io, session| {
                handler.on_over_limit(io, id, session);
            });
            if !io.sockets.is_open(id) && held(io) <= (before / 2).max(LAST_WORD) {
                return;
            }
        }
        io.sockets.kill(id, Closed::OverLimit);
    }

    /// The server goes down.
    pub fn stop(&mut self, io: &mut Io, id: ConnId) {
        if io.sockets.get_mut(id).is_some_and(Connection::tell_of_stop) {
            self.call(io, id, |handler, io, session| {
                handler.on_stop(io, id, session);
            });
        }
    }

    /// The connection is gone.
    pub fn close(&mut self, io: &mut Io, id: ConnId, why: Closed) {
        let session = self.sessions.get_mut(id.0.slot() as usize);
        if let Some(session) = session.and_then(Option::take) {
            self.handler.on_close(io, id, session, why);
        }
    }
}
