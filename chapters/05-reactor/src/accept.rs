//! The listeners of one reactor, and when they rest.

use std::io;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};
use tracing::trace;

use crate::deadlines::Stop;
use crate::listener::{Accepted, ListenerId, accept, prepare};
use crate::token::Token;
use crate::{Handler, Reactor, flag_names};

/// Connections accepted from one listener in one turn.
const ACCEPTS: usize = 64;

/// When to try again after `accept` found no descriptor.
const ACCEPT_AGAIN: Duration = Duration::from_millis(250);

/// The listeners of one reactor.
///
/// A connection that can't be accepted stays in its queue, so level-triggered epoll reports the
/// listener again at once, and a loop that only tried again would spin. So all listeners rest: no
/// interest, no events. They wake when one of our connections is closed, or after a while, since
/// the descriptor that is missing may be freed by somebody else.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    sockets: Vec<TcpListener>,
    rest: Option<Rest>,
}

/// Until when the listeners rest, if no connection is closed before; nanoseconds on the clock.
#[derive(Debug)]
struct Rest {
    until: u64,
}

impl Listeners {
    pub fn add(&mut self, epoll: &Epoll, listener: TcpListener) -> io::Result<ListenerId> {
        prepare(&listener)?;
        let id = ListenerId(u32::try_from(self.sockets.len()).map_err(io::Error::other)?);
        let event = EpollEvent::new(EpollFlags::EPOLLIN, Token::Listener(id).pack());
        epoll.add(&listener, event)?;
        trace!(fd = listener.as_raw_fd(), interest = "IN", "register");
        self.sockets.push(listener);
        Ok(id)
    }

    /// Closes all listeners; connections that wait to be accepted are reset.
    pub fn close(&mut self) {
        for listener in &self.sockets {
            trace!(fd = listener.as_raw_fd(), why = "stop", "close");
        }
        *self = Self::default();
    }

    /// Tells the trace that a client waits at the listener `id`.
    fn trace_ready(&self, id: ListenerId) {
        if let Some(listener) = self.sockets.get(id.0 as usize) {
            trace!(fd = listener.as_raw_fd(), ready = "IN", "ready");
        }
    }

    /// # Errors
    /// If the listener is unusable.
    pub fn accept(&self, id: ListenerId) -> io::Result<Accepted> {
        match self.sockets.get(id.0 as usize) {
            Some(listener) => accept(listener),
            None => Ok(Accepted::Nothing), // closed in this turn
        }
    }

    /// Turns the interest in new connections off.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn rest(&mut self, epoll: &Epoll, until: u64) -> io::Result<()> {
        if self.rest.is_none() {
            self.watch(epoll, EpollFlags::empty())?;
        }
        self.rest = Some(Rest { until });
        Ok(())
    }

    /// Turns the interest in new connections on again.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn wake(&mut self, epoll: &Epoll) -> io::Result<()> {
        if self.rest.take().is_some() {
            self.watch(epoll, EpollFlags::EPOLLIN)?;
        }
        Ok(())
    }

    /// Until when the listeners rest.
    pub fn resting_until(&self) -> Option<u64> {
        self.rest.as_ref().map(|rest| rest.until)
    }

    fn watch(&self, epoll: &Epoll, interest: EpollFlags) -> io::Result<()> {
        for (number, listener) in (0..).zip(&self.sockets) {
            let token = Token::Listener(ListenerId(number));
            epoll.modify(listener, &mut EpollEvent::new(interest, token.pack()))?;
            trace!(
                fd = listener.as_raw_fd(),
                interest = flag_names(interest),
                "re-arm"
            );
        }
        Ok(())
    }
}

impl<H: Handler> Reactor<H> {
    // ANCHOR: accept
    /// Accepts what waits, up to a limit; the listener is reported again while more does.
    #[inline(never)]
    pub(crate) fn accept(&mut self, handler: &mut H, listener: ListenerId) -> io::Result<()> {
        self.listeners.trace_ready(listener);
        for _ in 0..ACCEPTS {
            if self.io.stop != Stop::No {
                return Ok(());
            }
            if self.io.len() >= self.io.limits.connections {
                return self.listeners.rest(&self.io.epoll, u64::MAX);
            }
            let accepted = match self.listeners.accept(listener)? {
                Accepted::Stream(stream) => self.io.insert(stream),
                Accepted::Nothing => return Ok(()),
                Accepted::Skip => continue,
                Accepted::Exhausted => Err(Errno::EMFILE),
            };
            let Ok(id) = accepted else {
                let until = self.io.clock.after(ACCEPT_AGAIN);
                return self.listeners.rest(&self.io.epoll, until);
            };
            let session = handler.on_open(&mut self.io, id, listener);
            let slot = id.slot() as usize;
            if self.sessions.len() <= slot {
                self.sessions.resize_with(slot + 1, || None);
            }
            self.sessions[slot] = Some(session);
        }
        Ok(())
    }
    // ANCHOR_END: accept
}
