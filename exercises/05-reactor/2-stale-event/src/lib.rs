//! # 05-2 Events for somebody who has gone
//!
//! `epoll_wait` returns a batch: a list of what was ready at one moment. While the first event of it is
//! handled, the world moves on: a handler may close a connection whose event comes later in the same
//! batch. That event is stale. This reactor knows that, and skips events whose slot is empty.
//!
//! But slots are used again, and so are descriptor numbers. Find out what happens when the slot has a new
//! tenant by the time its old event is due, and mend it:
//!
//! - An event reaches the socket that it is about, or nobody.
//! - A token names one socket for ever: once that is closed, [`Reactor::socket`] answers `None`, and
//!   [`Reactor::close`] does nothing, whoever has the slot now, and however often it has been let.
//! - Slots are still used again: the table doesn't grow with the number of connections that there have
//!   ever been.
//! - Once a socket is closed, epoll no longer reports it: not even if somebody holds a copy of its
//!   descriptor (`try_clone`, which is dup(2); a child after fork(2)). Such an event can't reach anybody,
//!   but `epoll_wait` would return for it, again and again.
//!
//! What C calls `data` in an event is 64 bits that are yours: epoll keeps them and hands them back, see
//! `epoll_ctl(2)` and [`EpollEvent::new`]. The documents put a descriptor number or a pointer there.
//! Document 003 frees what the pointer leads to (bug B97 in the book). In a chat room like document
//! 004's, a broadcast finds out in mid-batch that others have gone, and closes them (bug B106). In an
//! experiment with descriptor numbers, the number in a stale event already belonged to a newly opened
//! pipe.
//!
//! The tests let two sockets be ready at the same time. The handler that is called first closes the other
//! one and registers a third, of which nothing has come.

use std::io;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use socket2::Socket;

/// Names a registered socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(u64);

/// A table of sockets, and the epoll instance that watches them.
pub struct Reactor {
    epoll: Epoll,
    slots: Vec<Option<Socket>>,
    /// Slots that may be used again.
    free: Vec<usize>,
}

impl Reactor {
    /// A reactor that watches nothing yet.
    ///
    /// # Errors
    ///
    /// As `epoll_create1(2)`.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
            slots: Vec::new(),
            free: Vec::new(),
        })
    }

    /// Watches `socket` for input.
    ///
    /// # Errors
    ///
    /// As `epoll_ctl(2)`.
    pub fn register(&mut self, socket: Socket) -> io::Result<Token> {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        let token = Token(slot as u64);
        let event = EpollEvent::new(EpollFlags::EPOLLIN, token.0);
        self.epoll.add(&socket, event)?;
        self.slots[slot] = Some(socket);
        Ok(token)
    }

    /// The socket that `token` names, if it is still there.
    #[must_use]
    pub fn socket(&self, token: Token) -> Option<&Socket> {
        let slot = usize::try_from(token.0).ok()?;
        self.slots.get(slot)?.as_ref()
    }

    /// Closes the socket that `token` names.
    pub fn close(&mut self, token: Token) {
        if let Ok(slot) = usize::try_from(token.0)
            && self.slots[slot].take().is_some()
        {
            self.free.push(slot);
        }
    }

    /// How many slots the table has, taken and free.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Waits for events, and calls `on_ready` for each socket that is ready to be read. Returns how many
    /// events there were.
    ///
    /// # Errors
    ///
    /// As `epoll_wait(2)`.
    pub fn turn(
        &mut self,
        timeout: EpollTimeout,
        mut on_ready: impl FnMut(&mut Self, Token),
    ) -> io::Result<usize> {
        let mut events = [EpollEvent::empty(); 64];
        let count = match self.epoll.wait(&mut events, timeout) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for event in &events[..count] {
            let token = Token(event.data());
            // An earlier call may have closed it.
            if self.socket(token).is_some() {
                on_ready(self, token);
            }
        }
        Ok(count)
    }
}
