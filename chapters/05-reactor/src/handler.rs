//! The callbacks: what a server does with its connections.

use crate::{Buffer, Closed, ConnId, Io, ListenerId};

/// What a server does with its connections.
///
/// `self` is what all connections share, [`Self::Session`] what one connection remembers, and
/// [`Io`] the sockets. They are three owners, so a callback may change all of them at once.
///
/// A callback must not block: while it runs, nobody else is served.
pub trait Handler {
    /// What one connection remembers between callbacks. A change of protocol is an assignment.
    type Session;

    /// A peer has connected through `listener`.
    fn on_open(&mut self, io: &mut Io, id: ConnId, listener: ListenerId) -> Self::Session;

    /// There is input. Consume the messages that are complete; what is left is offered again, with
    /// more behind it, when more has come.
    ///
    /// A handler that leaves complete messages has to do so for one of two reasons: its answers
    /// have [filled](Io::is_full) the output, and then it is called again once that has drained;
    /// or it waits for something of its own, and then it calls [`Io::resume`]. While the output is
    /// full, this isn't called.
    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session, input: &mut Buffer);

    /// The peer has finished sending, and `input` is the unconsumed rest. It may still read: what
    /// is sent reaches it. Closes by default.
    ///
    /// A handler that still owes an answer keeps the connection open. After [`Io::resume`] and
    /// when output has drained, `on_data` comes first, then this again.
    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session, input: &mut Buffer) {
        let _ = (session, input);
        io.close(id);
    }

    /// Output that was [full](Io::is_full) has fallen below the low-water mark. Input that was
    /// left is offered again next.
    fn on_drain(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session) {
        let _ = (io, id, session);
    }

    /// The timer set by [`Io::set_timer`] has run out.
    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session) {
        let _ = (io, id, session);
    }

    /// The server is going down: nothing more is received from this connection, and at the
    /// deadline it is cut. Closes by default, after what is queued.
    ///
    /// It isn't called while output is full, so that input which was left for that reason is
    /// offered first. A handler that still owes an answer keeps the connection open; after
    /// [`Io::resume`] and when output has drained, `on_data` comes first, then this again.
    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session) {
        let _ = session;
        io.close(id);
    }

    /// Another thread has called [`Waker::wake`](crate::Waker::wake). Several calls may arrive as
    /// one, and one may come without cause.
    fn on_wake(&mut self, io: &mut Io) {
        let _ = io;
    }

    /// The period set by [`Io::set_tick`] has passed.
    fn on_tick(&mut self, io: &mut Io) {
        let _ = io;
    }

    /// The connection is gone, and `id` means nobody any more. Called once for every `on_open`.
    fn on_close(&mut self, io: &mut Io, id: ConnId, session: Self::Session, why: Closed) {
        let _ = (io, id, session, why);
    }
}
