//! # 05-6 The lost edge
//!
//! This server sends dots. The line `300` is answered by 300 dots and a line feed (65,536 dots at most). The
//! line `!` rings a bell: every client gets `ding`. The loop is a small copy of chapter 05's:
//!
//! - A connection that only waits for input is edge-triggered, so that turns are taken in the order in which
//!   input arrived. While output waits for room, the connection is watched level-triggered.
//! - In one turn, a client gets at most [`READS`] reads, so that one that floods doesn't hold up the others.
//! - Answers are queued, and written at the end of the turn. Once [`HIGH`] bytes are pending for a client,
//!   its output is full: nothing more is read from it, and it misses the bell. So memory is bounded.
//! - At the end of the turn, `epoll_ctl` is called where epoll has to watch for something else than before.
//!   An ordinary message needs no such call.
//!
//! All that is right, and should stay so. But sometimes a client waits for answers that never come, although
//! it has read all that came before. The other clients are served. Try it, in two terminals; 40 lines should
//! come back:
//!
//! ```sh
//! cargo run -p ex05-6-lost-edge --example dots
//! (yes 2000 | head -n 40; sleep 600) | nc 127.0.0.1 7000 | tr -d . | cat -n
//! ```
//!
//! In a third, look at the server, whose process id it has printed:
//!
//! ```sh
//! ss -tn 'sport = 7000'        # Recv-Q: bytes that have arrived and have not been read
//! ls -l /proc/PID/fd           # which descriptor is the epoll ([eventpoll])?
//! cat /proc/PID/fdinfo/FD      # what it watches: 1 is IN, 4 is OUT, 80000000 is ET, 18 is always there
//! strace -p PID                # the call that it sleeps in
//! ```
//!
//! Find out how input can be left in a socket without another report, and mend it: when the server sleeps,
//! no client whose answers have all been sent has input unread. There is more than one way into this state.
//! A timeout in `epoll_wait` is no remedy: while there is nothing to do, the server sleeps.
//!
//! In the tests, the server is stopped (SIGSTOP) while clients send, so that it finds all of it at once.
//! They can't see whether an ordinary message costs an `epoll_ctl`; `strace` can.
//!
//! Read: epoll(7), "Level-triggered and edge-triggered"; `epoll_ctl(2)`, `EPOLL_CTL_MOD`.

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
}

impl Client {
    fn is_full(&self) -> bool {
        self.output.len() >= HIGH
    }

    /// Reads once. None: nothing is to be had now.
    fn receive(&mut self, chunk: &mut [u8]) -> io::Result<Option<usize>> {
        if self.is_full() {
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
        if self.output.is_empty() {
            return EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
        }
        let mut interest = EpollFlags::EPOLLOUT;
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
