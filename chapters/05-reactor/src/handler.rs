//! The callbacks: what a server does with its connections.

use std::io;
use std::net::IpAddr;

use nix::sys::epoll::EpollFlags;

use crate::{Buffer, Closed, ConnId, ConnectorId, Io, ListenerId, WatchId, network};

/// Where a connection has come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A peer has connected to this listener.
    Listener(ListenerId),
    /// It was asked for by [`Io::connect`].
    Connector(ConnectorId),
}

/// What a server does with its connections.
///
/// `self` is what all connections share, [`Self::Session`] what one connection remembers, and
/// [`Io`] the sockets. They are three owners, so a callback may change all of them at once.
///
/// A callback must not block: while it runs, no other connection is served.
// ANCHOR: handler
pub trait Handler {
    /// What one connection remembers between callbacks. A change of protocol is an assignment.
    type Session;

    /// There is a new connection.
    fn on_open(&mut self, io: &mut Io, id: ConnId, origin: Origin) -> Self::Session;

    /// There is input. Consume the messages that are complete; what is left is offered again, with
    /// more behind it, when more has come.
    ///
    /// A handler may leave complete messages in two cases. Its answers have [filled](Io::is_full) the
    /// output: then it is called again once that has drained. Or it waits for something of its own:
    /// then it calls [`Io::pause`], and [`Io::resume`] when it can go on.
    /// If neither is so, and what is left has reached [`Limits::input`](crate::Limits::input), the
    /// message is too long: the connection ends with [`Closed::InputFull`].
    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session, input: &mut Buffer);
    // ANCHOR_END: handler

    /// The peer has finished sending, and `input` is the unconsumed rest. It may still read: what
    /// is sent reaches it. Closes by default. Called once.
    ///
    /// A handler that still owes an answer keeps the connection open, and closes it later, as
    /// [`Io::has_ended`] reminds it.
    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session, input: &mut Buffer) {
        let _ = (session, input);
        io.close(id);
    }

    /// Output that was [full](Io::is_full) has fallen below the low-water mark. Input that was
    /// left is offered again next.
    fn on_drain(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session) {
        let _ = (io, id, session);
    }

    /// The timer that [`Io::set_timer`] has set with this key has run out.
    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session, key: u8) {
        let _ = (io, id, session, key);
    }

    /// The server is going down: nothing more is received from this connection, and at the
    /// deadline it is cut. Closes by default, after what is queued. Called once.
    ///
    /// It isn't called while output is full, so that input which was left for that reason is
    /// offered first. A handler that still owes an answer keeps the connection open, and closes it
    /// later, as [`Io::is_stopping`] reminds it.
    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session) {
        let _ = session;
        io.close(id);
    }

    /// All connections together hold more than [`Limits::memory`](crate::Limits::memory), and this one is
    /// given up for the others. It may send a last word and [close](Io::close); what it holds must be
    /// gone then, or it is cut. Cut by default.
    fn on_over_limit(&mut self, io: &mut Io, id: ConnId, session: &mut Self::Session) {
        let _ = (io, id, session);
    }

    /// Who pays for what this connection holds: its peer's [network] by default. Behind a proxy all have the same
    /// peer; a handler that knows better says so.
    fn payer(&self, io: &Io, id: ConnId, session: &Self::Session) -> Option<IpAddr> {
        let _ = session;
        io.peer(id).map(|peer| network(peer.ip()))
    }

    /// The connection is gone, and `id` names none any more. Called once for every `on_open`.
    fn on_close(&mut self, io: &mut Io, id: ConnId, session: Self::Session, why: Closed) {
        let _ = (io, id, session, why);
    }

    /// No address that [`Io::connect`] was given could be reached, and `error` is what the last of
    /// them said; or the time is up ([`TimedOut`](io::ErrorKind::TimedOut)); or the reactor stops
    /// ([`Interrupted`](io::ErrorKind::Interrupted)).
    fn on_connect_failed(&mut self, io: &mut Io, connector: ConnectorId, error: io::Error) {
        let _ = (io, connector, error);
    }

    /// A descriptor that [`Io::watch`] watches is ready for what `ready` says. EPOLLHUP and
    /// EPOLLERR are reported unasked, as long as the watch lasts.
    fn on_ready(&mut self, io: &mut Io, watch: WatchId, ready: EpollFlags) {
        let _ = ready;
        io.unwatch(watch);
    }

    /// Another thread has called [`Waker::wake`](crate::Waker::wake). Several calls may arrive as
    /// one, and one may come without cause.
    fn on_wake(&mut self, io: &mut Io) {
        let _ = io;
    }
}
