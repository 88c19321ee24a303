//! # 05-4 Backpressure
//!
//! This echo server does everything right that chapters 02 and 03 taught: what a client's socket doesn't
//! take now waits in the client's `Output`, and epoll tells when there is room. It has no limit, though.
//! A client that sends and never reads makes its output grow until the memory is used up, and that ends
//! the server for all. (The documents' servers fail earlier: what the socket doesn't take is lost, bug
//! B34 in the book, or the send blocks, and everybody waits for one, bug B22.)
//!
//! Give the output two marks:
//!
//! - Once [`HIGH`] bytes or more are pending, the output is full, and the server stops reading from that
//!   client. The kernel's receive buffer fills up, and then the client itself has to wait.
//! - Once no more than [`LOW`] bytes are left, the output is no longer full, and the server goes on
//!   reading. Between the marks it stays as it was: with a single mark, the server could change
//!   its mind, and call `epoll_ctl`, with each piece that comes or goes.
//!
//! To do: [`Output::is_full`], and `Client::interest`, which says what epoll is to watch a client for.
//! The rest is given; its loop calls `interest` after each turn, and tells epoll if it has changed.
//!
//! - Not a byte is lost: a client that reads late gets all that it sent, and in order.
//! - The other clients notice nothing.
//! - While there is nothing to do for a client, the server sleeps.
//!
//! The tests look at the server's memory and CPU time while a client sends 64 MiB and reads nothing, and
//! at `Output` alone. Read: `epoll_ctl(2)`, `EPOLL_CTL_MOD`; `tcp(7)`, *`tcp_rmem`*.

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
}

impl Output {
    /// Appends `bytes`.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// Removes the first `count` bytes: they have been sent.
    pub fn consume(&mut self, count: usize) {
        self.bytes.drain(..count);
    }

    /// How many bytes are pending.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.bytes.len()
    }

    /// Whether so much is pending that no more should be read.
    #[must_use]
    pub fn is_full(&self) -> bool {
        todo!("full from HIGH on, until no more than LOW is left")
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
