//! Wrong: keeps the entries in a Vec, and lets the place of the running one to a newcomer.
//! Caught by: a_callback_may_register_another
//! Says: both should be in the table

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
    table: Vec<Option<Entry>>,
    running: Option<Token>,
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
            table: Vec::new(),
            running: None,
        })
    }

    /// Has `callback` called whenever `socket` is ready to be read.
    ///
    /// # Errors
    ///
    /// As `epoll_ctl(2)`.
    pub fn register(&mut self, socket: Socket, callback: Callback) -> io::Result<Token> {
        let free = self.table.iter().position(Option::is_none);
        let place = free.unwrap_or_else(|| {
            self.table.push(None);
            self.table.len() - 1
        });
        let token = Token(place as u64);
        let event = EpollEvent::new(EpollFlags::EPOLLIN, token.0);
        self.epoll.add(&socket, event)?;
        self.table[place] = Some(Entry { socket, callback });
        Ok(token)
    }

    /// Closes the socket of `token` and forgets its callback.
    pub fn remove(&mut self, token: Token) {
        self.running.take_if(|running| *running == token);
        self.table[index(token)] = None;
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
        if let Some(mut entry) = self.table[index(token)].take() {
            self.running = Some(token);
            (entry.callback)(self, token, &entry.socket);
            if self.running == Some(token) {
                self.table[index(token)] = Some(entry);
            }
        }
    }
}

fn index(token: Token) -> usize {
    usize::try_from(token.0).expect("a place in the table")
}
