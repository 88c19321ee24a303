//! Wrong: never uses a slot again.
//! Caught by: slots_are_used_again
//! Says: grows for as long as the server runs

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
        })
    }

    /// Watches `socket` for input.
    ///
    /// # Errors
    ///
    /// As `epoll_ctl(2)`.
    pub fn register(&mut self, socket: Socket) -> io::Result<Token> {
        let slot = self.slots.len();
        self.slots.push(None);
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
            && let Some(socket) = self.slots[slot].take()
        {
            let _ = self.epoll.delete(&socket);
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
