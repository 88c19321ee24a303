//! The listeners of one reactor, and when they rest.

use std::io;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags};
use tracing::trace;

use crate::callbacks::Callbacks;
use crate::listener::{Accepted, ListenerId, accept, prepare};
use crate::sockets::Sockets;
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
/// the descriptor that is missing may be freed by somebody else. One that has brought its share of
/// connections rests alone.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    doors: Vec<Door>,
    rest: Option<Rest>,
}

/// One listener.
#[derive(Debug)]
struct Door {
    socket: TcpListener,
    /// How many connections it may have brought at a time.
    most: usize,
    open: Open,
}

/// Whether a listener is asked for more connections, if not all of them rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Yes,
    /// It has brought as many as it may. The others have not.
    Full,
}

/// Until when the listeners rest, if no connection is closed before; nanoseconds on the clock.
#[derive(Debug)]
struct Rest {
    until: u64,
}

impl Listeners {
    pub fn add(
        &mut self,
        epoll: &Epoll,
        listener: TcpListener,
        most: usize,
    ) -> io::Result<ListenerId> {
        prepare(&listener)?;
        let id = ListenerId(u16::try_from(self.doors.len()).map_err(io::Error::other)?);
        let event = EpollEvent::new(EpollFlags::EPOLLIN, Token::Listener(id).pack());
        epoll.add(&listener, event)?;
        trace!(fd = listener.as_raw_fd(), interest = "IN", "register");
        self.doors.push(Door {
            socket: listener,
            most,
            open: Open::Yes,
        });
        Ok(id)
    }

    /// Closes all listeners; connections that wait to be accepted are reset.
    pub fn close(&mut self) {
        for door in &self.doors {
            trace!(fd = door.socket.as_raw_fd(), why = "stop", "close");
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
            let Some(door) = self.doors.get_mut(usize::from(id.0)) else {
                return Ok(()); // closed in this turn
            };
            if io.sockets.visitors.count(id.0) >= door.most {
                door.open = Open::Full;
                return self.watch(&io.sockets.epoll, id, EpollFlags::empty());
            }
            let accepted = match accept(&door.socket)? {
                Accepted::Stream(stream) => io.sockets.insert(stream),
                Accepted::Nothing => return Ok(()),
                Accepted::Skip => continue,
                Accepted::Exhausted(errno) => Err(errno),
            };
            let Ok(connection) = accepted else {
                let until = io.sockets.clock.after(ACCEPT_AGAIN);
                return self.rest(&io.sockets.epoll, until);
            };
            io.sockets.visitors.come(id.0);
            if let Some(visitor) = io.sockets.get_mut(connection) {
                visitor.came_in_by(id.0);
            }
            callbacks.open(io, connection, Origin::Listener(id));
        }
        Ok(())
    }
    // ANCHOR_END: accept

    /// Tells the trace that a client waits at the listener `id`.
    fn trace_ready(&self, id: ListenerId) {
        if let Some(door) = self.doors.get(usize::from(id.0)) {
            trace!(fd = door.socket.as_raw_fd(), ready = "IN", "ready");
        }
    }

    /// Turns the interest in new connections off.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    fn rest(&mut self, epoll: &Epoll, until: u64) -> io::Result<()> {
        if self.rest.is_none() {
            for id in self.ids(Open::Yes) {
                self.watch(epoll, id, EpollFlags::empty())?;
            }
        }
        self.rest = Some(Rest { until });
        Ok(())
    }

    /// Turns the interest in new connections on again, where they may come.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`.
    pub fn wake(&mut self, sockets: &Sockets) -> io::Result<()> {
        let mut resting = Vec::new();
        if self.rest.take().is_some() {
            resting = self.ids(Open::Yes);
        }
        for id in self.ids(Open::Full) {
            let door = &mut self.doors[usize::from(id.0)];
            if sockets.visitors.count(id.0) < door.most {
                door.open = Open::Yes;
                resting.push(id);
            }
        }
        for id in resting {
            self.watch(&sockets.epoll, id, EpollFlags::EPOLLIN)?;
        }
        Ok(())
    }

    /// The listeners that are `open` so.
    fn ids(&self, open: Open) -> Vec<ListenerId> {
        let ids = (0..).map(ListenerId).zip(&self.doors);
        ids.filter(|(_, door)| door.open == open)
            .map(|(id, _)| id)
            .collect()
    }

    /// Until when the listeners rest.
    pub fn resting_until(&self) -> Option<u64> {
        self.rest.as_ref().map(|rest| rest.until)
    }

    fn watch(&self, epoll: &Epoll, id: ListenerId, interest: EpollFlags) -> io::Result<()> {
        let Some(door) = self.doors.get(usize::from(id.0)) else {
            return Ok(());
        };
        let mut event = EpollEvent::new(interest, Token::Listener(id).pack());
        epoll.modify(&door.socket, &mut event)?;
        let fd = door.socket.as_raw_fd();
        trace!(fd, interest = flag_names(interest), "re-arm");
        Ok(())
    }
}
