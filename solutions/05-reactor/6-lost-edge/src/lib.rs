//! # 05-6 The lost edge: a solution
//!
//! The mistake: `receive` said "nothing is to be had" in two cases that differ. If the read would block, the
//! socket is empty, and the next byte is a new edge. If the output is full, `receive` hasn't looked: the
//! report is used up, and its input may still be there. The end of the turn often made up for it, for an output
//! that is still full changes the interest, and so epoll looks anew later. Not so if the socket took all of
//! the output at once: then nothing had changed.
//!
//! Here, what epoll is still going to report is a state. Only a read that would block proves that a
//! report is dealt with. So it doesn't matter which way led into [`Armed::Spent`], and there
//! is no list of such ways that could be incomplete.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// Reads of one client in one turn, of 64 bytes each.
pub const READS: usize = 16;
/// With so many bytes pending, or more, an output is full.
pub const HIGH: usize = 16 * 1024;

const LISTENER: u64 = u64::MAX;
static DOTS: [u8; 65_536] = [b'.'; 65_536];

/// What a line asks for.
enum Order {
    Dots(usize),
    Bell,
}

/// The beginning of a line.
#[derive(Default)]
struct Line {
    number: usize,
    bell: bool,
}

impl Line {
    /// Takes the next byte, and returns what the line asks for if that was its last.
    fn push(&mut self, byte: u8) -> Option<Order> {
        match byte {
            b'0'..=b'9' => {
                let number = 10 * self.number + usize::from(byte - b'0');
                self.number = number.min(DOTS.len());
            }
            b'!' => self.bell = true,
            b'\n' => {
                let Self { number, bell } = std::mem::take(self);
                return Some(if bell {
                    Order::Bell
                } else {
                    Order::Dots(number)
                });
            }
            _ => {}
        }
        None
    }
}

/// What epoll is still going to report of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Armed {
    /// Input, edge-triggered: the socket has been read empty since the last report.
    Edge,
    /// Only more input: what the last report was about may still be there. No connection that has room
    /// may stay so.
    Spent,
    /// These flags, level-triggered: what is left is reported again.
    Level(EpollFlags),
}

impl Armed {
    fn flags(self) -> EpollFlags {
        match self {
            Self::Edge | Self::Spent => EpollFlags::EPOLLIN | EpollFlags::EPOLLET,
            Self::Level(flags) => flags,
        }
    }
}

struct Client {
    stream: TcpStream,
    line: Line,
    output: VecDeque<u8>,
    /// The client has finished sending.
    ended: bool,
    armed: Armed,
}

impl Client {
    fn is_full(&self) -> bool {
        self.output.len() >= HIGH
    }

    /// Reads once. None: the socket is empty, or the output is full.
    fn receive(&mut self, chunk: &mut [u8]) -> io::Result<Option<usize>> {
        if self.is_full() {
            return Ok(None);
        }
        let count = unless_it_would_block(self.stream.read(chunk))?;
        if count.is_none() && self.armed == Armed::Spent {
            self.armed = Armed::Edge;
        }
        Ok(count)
    }

    /// Writes as much of the output as the socket takes.
    fn flush(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            match unless_it_would_block(self.stream.write(self.output.as_slices().0))? {
                Some(count) => drop(self.output.drain(..count)),
                None => break,
            }
        }
        Ok(())
    }

    /// What it is to be armed with: never `Spent`.
    fn needs(&self) -> Armed {
        if self.output.is_empty() {
            return Armed::Edge;
        }
        let mut flags = EpollFlags::EPOLLOUT;
        flags.set(EpollFlags::EPOLLIN, !self.ended && !self.is_full());
        Armed::Level(flags)
    }

    /// Ends the turn. Returns whether the connection goes on.
    fn settle(&mut self, epoll: &Epoll, token: u64) -> io::Result<bool> {
        self.flush()?;
        if self.ended && self.output.is_empty() {
            return Ok(false);
        }
        let needs = self.needs();
        if needs != self.armed {
            // Spent and Edge have the same flags, but the call isn't in vain: it has epoll look anew, so
            // what is there already is reported as well. The connection queues up behind the others.
            epoll.modify(&self.stream, &mut EpollEvent::new(needs.flags(), token))?;
            self.armed = needs;
        }
        Ok(true)
    }
}

/// Sends dots to the clients of `listener`, for as long as the listener works.
///
/// # Errors
///
/// If the listener or epoll has failed; never because of a client.
pub fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
    epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let (mut clients, mut next) = (BTreeMap::new(), 0);
    let mut events = [EpollEvent::empty(); 64];
    loop {
        let count = match epoll.wait(&mut events, EpollTimeout::NONE) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for event in &events[..count] {
            let token = event.data();
            if token == LISTENER {
                if let Some(stream) = accept(listener)? {
                    let armed = Armed::Edge;
                    epoll.add(&stream, EpollEvent::new(armed.flags(), next))?;
                    let client = Client {
                        stream,
                        line: Line::default(),
                        output: VecDeque::new(),
                        ended: false,
                        armed,
                    };
                    clients.insert(next, client);
                    next += 1;
                }
            } else if turn(&mut clients, token).is_err() {
                clients.remove(&token);
            }
        }
        // All of them: a bell reaches every output.
        clients.retain(|&token, client| client.settle(&epoll, token).unwrap_or(false));
    }
}

/// Gives a client its turn, because of a report.
fn turn(clients: &mut BTreeMap<u64, Client>, token: u64) -> io::Result<()> {
    let mut chunk = [0; 64];
    if let Some(client) = clients.get_mut(&token)
        && client.armed == Armed::Edge
    {
        client.armed = Armed::Spent;
    }
    for _ in 0..READS {
        let Some(client) = clients.get_mut(&token) else {
            return Ok(());
        };
        let input = match client.receive(&mut chunk)? {
            Some(0) => {
                client.ended = true;
                return Ok(());
            }
            Some(count) => &chunk[..count],
            None => return Ok(()),
        };
        let bytes = input.iter();
        let orders: Vec<Order> = bytes.filter_map(|&byte| client.line.push(byte)).collect();
        for order in orders {
            obey(clients, token, &order);
        }
    }
    // There may be more: the connection is still spent.
    Ok(())
}

/// Queues the answer to a line of client `token`.
fn obey(clients: &mut BTreeMap<u64, Client>, token: u64, order: &Order) {
    match order {
        Order::Dots(number) => {
            if let Some(client) = clients.get_mut(&token) {
                client.output.extend(&DOTS[..*number]);
                client.output.push_back(b'\n');
            }
        }
        Order::Bell => {
            for client in clients.values_mut().filter(|client| !client.is_full()) {
                client.output.extend(b"ding\n");
            }
        }
    }
}

/// Takes a connection out of the accept queue, if there is one.
fn accept(listener: &TcpListener) -> io::Result<Option<TcpStream>> {
    match listener.accept() {
        Ok((stream, _)) => stream.set_nonblocking(true).map(|()| Some(stream)),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::ConnectionAborted => Ok(None),
            _ => Err(error),
        },
    }
}

/// None for `WouldBlock`: nothing to read, no room to write.
fn unless_it_would_block<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        result => result.map(Some),
    }
}
