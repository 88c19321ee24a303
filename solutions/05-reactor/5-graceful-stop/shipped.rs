//! # 05-5 A graceful stop
//!
//! A server is told to stop whenever a new version of it is installed, so it should be good at that. This
//! one sends lines back, and does it well. But once its `stop` descriptor becomes readable, it panics.
//! (The tests pass a signalfd on which SIGTERM arrives; it could as well be an eventfd that another
//! thread writes to. Document 002's server can't be stopped: it has a clean-up, but its loop never ends:
//! bug B42 in the book.)
//!
//! Write what is to happen then:
//!
//! - Close the listener. Newcomers are refused from now on, and go to another server.
//! - A line is *accepted* once its LF has been read. All accepted lines are still answered. What comes
//!   later is not: it is read and thrown away, and so is the beginning of a line.
//! - Who has got all answers is told that this was the end: `shutdown(Shutdown::Write)`. To close at once
//!   would be wrong: where something has come and not been read, or comes later, the kernel sends a reset,
//!   and answers that are still under way are lost (RFC 9293 §3.6.1, RFC 2525 §2.17). So the client is
//!   dropped when it has finished sending as well, like any other client.
//! - `serve` returns `Ok(())` as soon as no client is left, and `grace` after the stop at the latest,
//!   whoever is left then: no client can hold the server for longer by not reading, or not closing.
//! - Until then it sleeps while there is nothing to do.
//!
//! The server is given for normal operation; all of it may be changed. It has no limits, to be short:
//! they were exercise 05-4.
//!
//! In the tests a client sends 16 MiB of lines and doesn't read the answers, so they are still pending when
//! the stop comes. Some send more after the stop, some never read, some never close.
//!
//! Read: `signalfd(2)`, `shutdown(2)`, and `epoll_wait(2)` under *timeout* (05-3 was about its rounding).

use std::collections::{HashMap, VecDeque};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::BorrowedFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

const LISTENER: u64 = u64::MAX;
const STOP: u64 = u64::MAX - 1;

/// Sends back the lines of all clients of `listener`, until `stop` becomes readable; then lets the
/// clients go, for no longer than `grace`.
///
/// # Errors
///
/// If the listener or epoll has failed; never because of a client.
pub fn serve(listener: TcpListener, stop: BorrowedFd<'_>, grace: Duration) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut server = Server {
        epoll: Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?,
        listener,
        clients: HashMap::new(),
        next: 0,
    };
    let input = |token| EpollEvent::new(EpollFlags::EPOLLIN, token);
    server.epoll.add(&server.listener, input(LISTENER))?;
    server.epoll.add(stop, input(STOP))?;
    let mut events = [EpollEvent::empty(); 64];
    loop {
        let count = match server.epoll.wait(&mut events, EpollTimeout::NONE) {
            Err(Errno::EINTR) => 0,
            result => result?,
        };
        for event in &events[..count] {
            match event.data() {
                LISTENER => server.accept()?,
                STOP => todo!("stop, within {grace:?}"),
                token => server.serve(token, event.events())?,
            }
        }
    }
}

struct Server {
    epoll: Epoll,
    listener: TcpListener,
    clients: HashMap<u64, Client>,
    /// The next client's token.
    next: u64,
}

impl Server {
    fn accept(&mut self) -> io::Result<()> {
        if let Some((stream, _)) = unless_it_would_block(self.listener.accept())? {
            stream.set_nonblocking(true)?;
            let client = Client {
                stream,
                input: Vec::new(),
                output: VecDeque::new(),
                ended: false,
            };
            let event = EpollEvent::new(client.interest(), self.next);
            self.epoll.add(&client.stream, event)?;
            self.clients.insert(self.next, client);
            self.next += 1;
        }
        Ok(())
    }

    /// Reads and writes, and drops a client that is done, or whose connection is broken.
    fn serve(&mut self, token: u64, ready: EpollFlags) -> io::Result<()> {
        let Some(client) = self.clients.get_mut(&token) else {
            return Ok(());
        };
        let result = client.turn(ready);
        if result.is_err() || client.ended && client.output.is_empty() {
            self.clients.remove(&token);
            return Ok(());
        }
        let mut event = EpollEvent::new(client.interest(), token);
        Ok(self.epoll.modify(&client.stream, &mut event)?)
    }
}

struct Client {
    stream: TcpStream,
    /// The beginning of a line.
    input: Vec<u8>,
    /// Answers that wait to be sent.
    output: VecDeque<u8>,
    /// The client has finished sending.
    ended: bool,
}

impl Client {
    /// What epoll is to watch it for.
    fn interest(&self) -> EpollFlags {
        let mut interest = EpollFlags::empty();
        interest.set(EpollFlags::EPOLLIN, !self.ended);
        interest.set(EpollFlags::EPOLLOUT, !self.output.is_empty());
        interest
    }

    /// Reads once, if there is something, and writes what the socket takes.
    fn turn(&mut self, ready: EpollFlags) -> io::Result<()> {
        if ready.contains(EpollFlags::EPOLLIN) {
            self.read()?;
        }
        self.write()
    }

    /// Reads once, and answers the lines that are complete.
    fn read(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        let Some(count) = unless_it_would_block(self.stream.read(&mut chunk))? else {
            return Ok(());
        };
        self.ended = count == 0;
        self.input.extend_from_slice(&chunk[..count]);
        let is_lf = |byte: &u8| *byte == b'\n';
        let lines = self.input.iter().rposition(is_lf).map_or(0, |at| at + 1);
        self.output.extend(&self.input[..lines]);
        self.input.drain(..lines);
        Ok(())
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            let (front, _) = self.output.as_slices();
            match unless_it_would_block(self.stream.write(front))? {
                None => break,
                Some(count) => drop(self.output.drain(..count)),
            }
        }
        Ok(())
    }
}

/// None for `WouldBlock`: nothing to read, no room to write.
fn unless_it_would_block<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        result => result.map(Some),
    }
}
