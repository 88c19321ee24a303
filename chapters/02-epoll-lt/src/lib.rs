//! Nonblocking sockets: one thread serves all clients, because it never sleeps in a `read`.
//!
//! A nonblocking `read` has three answers: bytes, end of file, and `WouldBlock` (nothing now, maybe
//! later). So a loop can ask one socket after the other, and something has to tell it *when* to ask.
//! [`Wait`] names four ways, and [`wait`] has a `serve` for each; they differ in that alone.
//!
//! What is still wrong: answers are written without asking whether there is room. While one slow
//! reader's socket is full, [`Server::read`] waits for it, and everybody waits with it. Chapter 03
//! mends that.

#[cfg(not(target_os = "linux"))]
compile_error!("The workbook needs Linux: use a container, a virtual machine or WSL 2.");

pub mod wait;

pub use blocking::listen;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, RawFd};

use blocking::{LineEcho, Next, after_failed_accept};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::epoll::EpollFlags;
use tracing::trace;

/// How many bytes one `read` takes at the most.
const INPUT_SIZE: usize = 16 * 1024;

/// How the server learns that a socket is worth a `read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// It does not: it asks every socket, over and over.
    Spin,
    /// `select(2)`: copies two sets of bits in and out; no descriptor from 1,024 on.
    Select,
    /// `poll(2)`: copies an array in and out; no limit.
    Poll,
    /// `epoll(7)`, level-triggered: the kernel keeps the set.
    Epoll,
}

/// Serves all clients of `listener`, in this thread, for ever.
///
/// # Errors
/// If the listener is unusable or the kernel refuses to wait.
pub fn serve(listener: TcpListener, wait: Wait) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut server = Server::new(listener);
    match wait {
        Wait::Spin => wait::spin(&mut server),
        Wait::Select => wait::select(&mut server),
        Wait::Poll => wait::poll(&mut server),
        Wait::Epoll => wait::epoll(&mut server),
    }
}

/// Names a connection. Unlike a descriptor's number it is never used twice, so an event that was
/// reported before a close can't be taken for one of the next client.
pub type Token = u64;

// ANCHOR: types
/// The listener and all its connections.
pub struct Server {
    listener: TcpListener,
    connections: BTreeMap<Token, Connection>,
    next: Token,
    /// Where each read puts its bytes; one buffer is enough, as nothing stays in it.
    input: Vec<u8>,
}

/// What one client has to be remembered by.
struct Connection {
    stream: TcpStream,
    state: State,
}

enum State {
    /// Lines come and go.
    Open(LineEcho),
    /// Our last words are sent and our direction is closed. What still comes is read and dropped,
    /// because closing with unread input would destroy them (see chapter 01, `linger`). There is
    /// no deadline: a peer can stay here for ever. Chapter 05 has timers.
    Lingering,
}
// ANCHOR_END: types

/// Whether there is still a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Open,
    Finished,
}

impl Server {
    fn new(listener: TcpListener) -> Self {
        Self {
            listener,
            connections: BTreeMap::new(),
            next: 0,
            input: vec![0; INPUT_SIZE],
        }
    }

    /// For the trace: the connection's descriptor, or the listener's.
    fn descriptor(&self, token: Token) -> RawFd {
        let connection = self.connections.get(&token);
        connection.map_or(self.listener.as_raw_fd(), |connection| {
            connection.stream.as_raw_fd()
        })
    }

    fn tokens(&self) -> Vec<Token> {
        self.connections.keys().copied().collect()
    }

    /// Takes one connection from the accept queue, if there is one.
    ///
    /// # Errors
    /// If the listener is unusable.
    // ANCHOR: accept
    fn accept(&mut self) -> io::Result<Option<Token>> {
        let listener = self.listener.as_raw_fd();
        match self.listener.accept() {
            Ok((stream, peer)) => {
                let fd = stream.as_raw_fd();
                trace!(fd, listener, %peer, "accept");
                // On Linux it does not inherit this from the listener (accept(2), "Notes").
                stream.set_nonblocking(true)?;
                let token = self.next;
                self.next += 1;
                let state = State::Open(LineEcho::default());
                self.connections.insert(token, Connection { stream, state });
                Ok(Some(token))
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                trace!(fd = listener, call = "accept", "would-block");
                Ok(None)
            }
            Err(error) => after_failed_accept(&self.listener, error).map(|()| None),
        }
    }
    // ANCHOR_END: accept

    /// Reads once from the connection `token` and answers; closes it if it is finished.
    ///
    /// One `read` is enough: a level-triggered wait reports the socket again while bytes remain.
    fn read(&mut self, token: Token) {
        let Some(connection) = self.connections.get_mut(&token) else {
            return; // closed since it was reported
        };
        match connection.read(&mut self.input) {
            Ok(Status::Open) => {}
            Ok(Status::Finished) => self.close(token, &"served"),
            Err(error) => self.close(token, &error),
        }
    }

    /// Dropping the stream closes the descriptor, and the last close takes it out of any epoll.
    fn close(&mut self, token: Token, why: &dyn Display) {
        if let Some(connection) = self.connections.remove(&token) {
            trace!(fd = connection.stream.as_raw_fd(), %why, "close");
        }
    }
}

impl Connection {
    // ANCHOR: read
    fn read(&mut self, input: &mut [u8]) -> io::Result<Status> {
        let fd = self.stream.as_raw_fd();
        match self.stream.read(input) {
            Ok(0) => {
                trace!(fd, "eof");
                self.finish()?;
                Ok(Status::Finished)
            }
            Ok(count) => {
                trace!(fd, bytes = count, data = &input[..count], "read");
                self.answer(&input[..count])?;
                Ok(Status::Open)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                trace!(fd, call = "read", "would-block");
                Ok(Status::Open)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(Status::Open),
            Err(error) => Err(error), // ECONNRESET: the peer has cut the connection
        }
    }
    // ANCHOR_END: read

    fn answer(&mut self, input: &[u8]) -> io::Result<()> {
        let State::Open(echo) = &mut self.state else {
            return Ok(()); // lingering: dropped
        };
        let mut output = Vec::new();
        let next = echo.feed(input, &mut output);
        write_all(&self.stream, &output)?;
        if next == Next::Close {
            self.stream.shutdown(Shutdown::Write)?;
            trace!(fd = self.stream.as_raw_fd(), how = "write", "shutdown");
            self.state = State::Lingering;
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let State::Open(echo) = &mut self.state else {
            return Ok(());
        };
        let mut output = Vec::new();
        echo.end(&mut output);
        write_all(&self.stream, &output)
    }
}

/// The names of `flags` for the trace, `IN|RDHUP`.
#[must_use]
pub fn names(flags: EpollFlags) -> String {
    let names = flags.iter_names();
    let names: Vec<_> = names
        .map(|(name, _)| name.trim_start_matches("EPOLL"))
        .collect();
    names.join("|")
}

/// Writes all of `output`, and waits while the socket has no room for it.
///
/// This is what is wrong with this chapter: the whole server waits for one slow reader.
// ANCHOR: write_all
fn write_all(mut stream: &TcpStream, mut output: &[u8]) -> io::Result<()> {
    let fd = stream.as_raw_fd();
    while !output.is_empty() {
        match stream.write(output) {
            Ok(count) => {
                let (data, of) = (&output[..count], output.len());
                trace!(fd, bytes = count, data, of, "write");
                output = &output[count..];
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                trace!(fd, call = "write", "would-block");
                let mut room = [PollFd::new(stream.as_fd(), PollFlags::POLLOUT)];
                trace!(fd, call = "poll", "wait");
                match poll(&mut room, PollTimeout::NONE) {
                    Ok(_) | Err(Errno::EINTR) => {}
                    Err(errno) => return Err(errno.into()),
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error), // EPIPE: the peer has gone
        }
    }
    Ok(())
}
// ANCHOR_END: write_all
