//! Wrong: watches a connection level-triggered from its first full output on.
//! Caught by: connections_that_wait_for_input_are_edge_triggered
//! Says: stay ahead of others

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

struct Client {
    stream: TcpStream,
    line: Line,
    output: VecDeque<u8>,
    /// The client has finished sending.
    ended: bool,
    /// What epoll watches it for.
    watched: EpollFlags,
    /// Its turn was over before its socket was empty.
    unfinished: bool,
    /// Its output has been full.
    was_full: bool,
}

impl Client {
    fn is_full(&self) -> bool {
        self.output.len() >= HIGH
    }

    /// Reads once. None: nothing is to be had now.
    fn receive(&mut self, chunk: &mut [u8]) -> io::Result<Option<usize>> {
        if self.is_full() {
            self.was_full = true;
            return Ok(None);
        }
        unless_it_would_block(self.stream.read(chunk))
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

    /// What epoll is to watch it for.
    fn interest(&self) -> EpollFlags {
        if self.output.is_empty() && !self.was_full {
            return EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
        }
        let mut interest = EpollFlags::empty();
        interest.set(EpollFlags::EPOLLOUT, !self.output.is_empty());
        interest.set(EpollFlags::EPOLLIN, !self.ended && !self.is_full());
        interest
    }

    /// Ends the turn. Returns whether the connection goes on.
    fn settle(&mut self, epoll: &Epoll, token: u64) -> io::Result<bool> {
        self.flush()?;
        if self.ended && self.output.is_empty() {
            return Ok(false);
        }
        let interest = self.interest();
        if interest != self.watched || self.unfinished {
            // This has epoll look anew: what is there already is reported as well.
            epoll.modify(&self.stream, &mut EpollEvent::new(interest, token))?;
            self.watched = interest;
            self.unfinished = false;
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
                    let watched = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
                    epoll.add(&stream, EpollEvent::new(watched, next))?;
                    let client = Client {
                        stream,
                        line: Line::default(),
                        output: VecDeque::new(),
                        ended: false,
                        watched,
                        unfinished: false,
                        was_full: false,
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

/// Gives a client its turn.
fn turn(clients: &mut BTreeMap<u64, Client>, token: u64) -> io::Result<()> {
    let mut chunk = [0; 64];
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
    if let Some(client) = clients.get_mut(&token) {
        client.unfinished = true;
    }
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
