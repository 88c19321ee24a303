//! Wrong: closes the connection at the high-water mark.
//! Caught by: a_client_that_reads_late_gets_every_byte
//! Says: It should get all of them

use std::collections::{HashMap, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// With so many bytes pending, or more, an output becomes full.
pub const HIGH: usize = 256 * 1024;
/// With so many bytes pending, or fewer, an output is no longer full.
pub const LOW: usize = 64 * 1024;

const LISTENER: u64 = u64::MAX;

/// Bytes that wait to be sent.
#[derive(Debug, Default)]
pub struct Output {
    bytes: VecDeque<u8>,
    /// HIGH has been reached, and LOW not yet again.
    full: bool,
}

impl Output {
    /// Appends `bytes`.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
        if self.pending() >= HIGH {
            self.full = true;
        }
    }

    /// Removes the first `count` bytes: they have been sent.
    pub fn consume(&mut self, count: usize) {
        self.bytes.drain(..count);
        if self.pending() <= LOW {
            self.full = false;
        }
    }

    /// How many bytes are pending.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.bytes.len()
    }

    /// Whether so much is pending that no more should be read.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full
    }
}

struct Client {
    stream: TcpStream,
    output: Output,
    /// The client has finished sending.
    ended: bool,
    /// What epoll watches it for.
    watched: EpollFlags,
}

impl Client {
    /// What epoll is to watch it for.
    fn interest(&self) -> EpollFlags {
        let mut interest = EpollFlags::empty();
        interest.set(EpollFlags::EPOLLIN, !self.ended);
        interest.set(EpollFlags::EPOLLOUT, self.output.pending() > 0);
        interest
    }

    /// Reads once, if there is something, and writes what the socket takes.
    fn turn(&mut self, ready: EpollFlags) -> io::Result<()> {
        if ready.contains(EpollFlags::EPOLLIN) {
            let mut chunk = [0; 16 * 1024];
            match unless_it_would_block(self.stream.read(&mut chunk))? {
                Some(0) => self.ended = true,
                Some(count) => self.output.push(&chunk[..count]),
                None => {}
            }
        }
        while self.output.pending() > 0 {
            let (front, _) = self.output.bytes.as_slices();
            match unless_it_would_block(self.stream.write(front))? {
                Some(count) => self.output.consume(count),
                None => break,
            }
        }
        if self.output.is_full() {
            return Err(ErrorKind::OutOfMemory.into());
        }
        Ok(())
    }
}

/// Sends back whatever the clients of `listener` send, for as long as the listener works.
///
/// # Errors
///
/// If the listener or epoll has failed; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let (mut clients, mut next) = (HashMap::new(), 0);
    let mut events = [EpollEvent::empty(); 64];
    loop {
        let count = match epoll.wait(&mut events, EpollTimeout::NONE) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for event in &events[..count] {
            let token = event.data();
            if token == LISTENER {
                if let Some((stream, _)) = unless_it_would_block(listener.accept())? {
                    stream.set_nonblocking(true)?;
                    let client = Client {
                        stream,
                        output: Output::default(),
                        ended: false,
                        watched: EpollFlags::EPOLLIN,
                    };
                    epoll.add(&client.stream, EpollEvent::new(client.watched, next))?;
                    clients.insert(next, client);
                    next += 1;
                }
            } else if let Some(client) = clients.get_mut(&token) {
                let result = client.turn(event.events());
                let interest = client.interest();
                if result.is_err() || client.ended && client.output.pending() == 0 {
                    clients.remove(&token);
                } else if interest != client.watched {
                    client.watched = interest;
                    epoll.modify(&client.stream, &mut EpollEvent::new(interest, token))?;
                }
            }
        }
    }
}

/// None for `WouldBlock`: nothing to read, no room to write.
fn unless_it_would_block<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        result => result.map(Some),
    }
}
