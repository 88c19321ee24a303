//! The listeners of one reactor, and when they rest.

use std::io;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};
use tracing::trace;

use crate::callbacks::Callbacks;
use crate::listener::{Accepted, ListenerId, accept, prepare};
use crate::token::Token;
use crate::{Handler, Io, Origin, flag_names};

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

    // ANCHOR: accept
    /// Accepts what waits at `id`, up to a limit; it is reported again while more does.
    ///
    /// # Errors
    /// If the listener is unusable.
    #[inline(never)]
    pub fn accept<H: Handler>(
        &mut self,
        id: ListenerId,
        io: &mut Io,
        callbacks: &mut Callbacks<'_, H>,
    ) -> io::Result<()> {
        self.trace_ready(id);
        for _ in 0..ACCEPTS {
            if io.is_stopping() {
                return Ok(());
            }
            if io.len() >= io.sockets.limits.connections {
                return self.rest(&io.sockets.epoll, u64::MAX);
            }
            let Some(listener) = self.sockets.get(id.0 as usize) else {
                return Ok(()); // closed in this turn
            };
            let accepted = match accept(listener)? {
                Accepted::Stream(stream) => io.sockets.insert(stream),
                Accepted::Nothing => return Ok(()),
                Accepted::Skip => continue,
                Accepted::Exhausted(errno) => Err(errno),
            };
            let Ok(connection) = accepted else {
                let until = io.sockets.clock.after(ACCEPT_AGAIN);
                return self.rest(&io.sockets.epoll, until);
            };
            callbacks.open(io, connection, Origin::Listener(id));
        }
        Ok(())
    }
    // ANCHOR_END: accept

    /// Tells the trace that a client waits at the listener `id`.
    fn trace_ready(&self, id: ListenerId) {
        if let Some(listener) = self.sockets.get(id.0 as usize) {
            trace!(fd = listener.as_raw_fd(), ready = "IN", "ready");
        }
    }

    /// Turns the interest in new connections off.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    fn rest(&mut self, epoll: &Epoll, until: u64) -> io::Result<()> {
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
