//! Wrong: tells sockets apart by descriptor number, which the next one gets at once.
//! Caught by: an_old_event_does_not_reach_a_newcomer
//! Says: Nothing had come from the newcomer

use std::collections::HashMap;
use std::io;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use socket2::Socket;

/// Names a registered socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(u64);

/// A table of sockets, and the epoll instance that watches them.
pub struct Reactor {
    epoll: Epoll,
    sockets: HashMap<u64, Socket>,
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
            sockets: HashMap::new(),
        })
    }

    /// Watches `socket` for input.
    ///
    /// # Errors
    ///
    /// As `epoll_ctl(2)`.
    pub fn register(&mut self, socket: Socket) -> io::Result<Token> {
        let token = Token(u64::from(socket.as_raw_fd().unsigned_abs()));
        let event = EpollEvent::new(EpollFlags::EPOLLIN, token.0);
        self.epoll.add(&socket, event)?;
        self.sockets.insert(token.0, socket);
        Ok(token)
    }

    /// The socket that `token` names, if it is still there.
    #[must_use]
    pub fn socket(&self, token: Token) -> Option<&Socket> {
        self.sockets.get(&token.0)
    }

    /// Closes the socket that `token` names.
    pub fn close(&mut self, token: Token) {
        if let Some(socket) = self.sockets.remove(&token.0) {
            let _ = self.epoll.delete(&socket);
        }
    }

    /// How many slots the table has, taken and free.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.sockets.len()
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
