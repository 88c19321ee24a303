//! Wrong: takes it for granted that whoever has an event is still there.
//! Caught by: a_callback_may_remove_another
//! Says: its socket was to be closed and nobody to be called

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
    table: HashMap<Token, Option<Entry>>,
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
        self.table.insert(token, Some(Entry { socket, callback }));
        Ok(token)
    }

    /// Closes the socket of `token` and forgets its callback.
    pub fn remove(&mut self, token: Token) {
        self.table.remove(&token);
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
        let place = self.table.get_mut(&token).expect("it has an event");
        let mut entry = place.take().expect("it isn't running");
        (entry.callback)(self, token, &entry.socket);
        if let Some(place) = self.table.get_mut(&token) {
            *place = Some(entry);
        }
    }
}
