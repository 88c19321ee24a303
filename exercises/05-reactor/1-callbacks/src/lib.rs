//! # 05-1 Registering and closing inside a callback
//!
//! A reactor is a table of callbacks and a loop: wait for events, and call for each the callback of its
//! socket. Callbacks change the table while the loop is in the middle of a batch: the listener's callback
//! registers the connection that it has accepted, a connection's callback removes itself at end of file,
//! and one may throw another out.
//!
//! The documents do this with a function pointer per descriptor. Document 003's `recv_cb` frees the entry
//! of a peer that has gone, while the loop that called it still holds a pointer to it (bug B97 in the
//! book). In Rust you can't even call: a callback that lives in the table can't be handed `&mut Reactor`,
//! which owns the table. The borrow checker asks a fair question: what if the callback removes itself
//! while it runs?
//!
//! The loop is given. Write `dispatch` and `remove` (all that is private may be changed):
//!
//! - `dispatch` calls the callback that belongs to a token, with the reactor, the token and the socket.
//! - Next time, it is called again: unless it has been removed, by itself or by another callback.
//! - A removed callback is never called again, not even if the current batch still holds an event for it.
//! - Removing closes the socket: at once, or, where its callback is running, once that has returned. To
//!   remove what has been removed already does nothing.
//! - While a callback runs, it may register others, and these are called from the next turn on.
//!
//! Dropping a [`Socket`] closes it, and closing the only descriptor of a socket also takes it out of
//! epoll: epoll(7), question 6. Tokens count up and never come back; exercise 05-2 is about tables in
//! which places are used again.
//!
//! The tests run your reactor with an echo server made of callbacks, and with two callbacks that are
//! ready in the same batch and remove each other.

use std::collections::HashMap;
use std::io;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use socket2::Socket;

/// What is called when a socket is ready to be read.
pub type Callback = Box<dyn FnMut(&mut Reactor, Token, &Socket)>;

/// Names a registered socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(u64);

struct Entry {
    socket: Socket,
    callback: Callback,
}

/// A loop that calls back.
pub struct Reactor {
    epoll: Epoll,
    table: HashMap<Token, Entry>,
    next: u64,
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
            table: HashMap::new(),
            next: 0,
        })
    }

    /// Has `callback` called whenever `socket` is ready to be read.
    ///
    /// # Errors
    ///
    /// As `epoll_ctl(2)`.
    pub fn register(&mut self, socket: Socket, callback: Callback) -> io::Result<Token> {
        let token = Token(self.next);
        self.next += 1;
        let event = EpollEvent::new(EpollFlags::EPOLLIN, token.0);
        self.epoll.add(&socket, event)?;
        self.table.insert(token, Entry { socket, callback });
        Ok(token)
    }

    /// Closes the socket of `token` and forgets its callback.
    pub fn remove(&mut self, token: Token) {
        todo!("remove {token:?}, which may be the one that is running")
    }

    /// Waits for events, and calls back for each; returns how many there were.
    ///
    /// # Errors
    ///
    /// As `epoll_wait(2)`.
    pub fn turn(&mut self, timeout: EpollTimeout) -> io::Result<usize> {
        let mut events = [EpollEvent::empty(); 64];
        let count = match self.epoll.wait(&mut events, timeout) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for event in &events[..count] {
            self.dispatch(Token(event.data()));
        }
        Ok(count)
    }

    /// Calls back for one event.
    fn dispatch(&mut self, token: Token) {
        if let Some(Entry { socket, callback }) = self.table.get_mut(&token) {
            let _ = (socket, callback); // yours to use
            todo!("call the callback, which may change the table")
        }
    }
}
