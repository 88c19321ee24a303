//! One connection's exchange of bytes: what it has to remember between two events.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;

use blocking::{LineEcho, Next};
use nix::sys::epoll::EpollFlags;
use tracing::trace;

/// How many reads one connection gets before the others have their turn.
const READS_PER_TURN: usize = 2;

// ANCHOR: types
/// What a connection waits for after [`Exchange::drive`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// An edge: the socket had nothing more to give, or no room, and will say when that changes.
    Waiting,
    /// Its next turn: it used this one up, and the kernel will *not* say so again.
    Unfinished,
    /// Nothing more: it can be closed.
    Finished,
}

/// What one connection has read and not answered, and answered and not sent.
///
/// It keeps its buffers while it is idle. Chapter 05 lends them out instead.
#[derive(Debug, Default)]
pub struct Exchange {
    phase: Phase,
    output: Vec<u8>,
    /// How much of `output` the socket has taken.
    sent: usize,
}

/// ```text
/// Open ──quit, line too long──▶ LastWords ──sent──▶ Lingering
///   └────────── end of file ──────▶ Ended ◀── end of file ─┘
/// ```
#[derive(Debug)]
enum Phase {
    /// Lines come and go.
    Open(LineEcho),
    /// We will close, but the last answer is not all sent.
    LastWords,
    /// Our direction is closed; what still comes is read and dropped (chapter 01, `linger`).
    /// There is no deadline: a peer can stay here for ever. Chapter 05 has timers.
    Lingering,
    /// The peer has finished sending; it still gets what is left.
    Ended,
}
// ANCHOR_END: types

impl Default for Phase {
    fn default() -> Self {
        Self::Open(LineEcho::default())
    }
}

impl Exchange {
    /// Writes and reads until the socket would block: after an edge everything must be taken,
    /// because nobody will report the rest (`epoll(7)`).
    ///
    /// It reads only while no output is pending, so a peer that sends and never reads fills its
    /// own buffers, not our memory.
    ///
    /// # Errors
    /// If the connection is broken: close it.
    // ANCHOR: drive
    pub fn drive(&mut self, mut stream: &TcpStream, input: &mut [u8]) -> io::Result<Status> {
        let fd = stream.as_raw_fd();
        for _ in 0..READS_PER_TURN {
            if !self.flush(stream)? {
                return Ok(Status::Waiting);
            }
            match self.phase {
                Phase::Ended => return Ok(Status::Finished),
                Phase::LastWords => {
                    stream.shutdown(Shutdown::Write)?;
                    trace!(fd, how = "write", "shutdown");
                    self.phase = Phase::Lingering;
                }
                Phase::Open(_) | Phase::Lingering => {}
            }
            match stream.read(input) {
                Ok(0) => {
                    trace!(fd, "eof");
                    self.end();
                }
                Ok(count) => {
                    trace!(fd, bytes = count, data = &input[..count], "read");
                    self.answer(&input[..count]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    trace!(fd, call = "read", "would-block");
                    return Ok(Status::Waiting);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Status::Unfinished)
    }
    // ANCHOR_END: drive

    /// What to watch the socket for: room while output is pending, else input.
    ///
    /// A socket nearly always has room, so permanent interest in it would only report that.
    #[must_use]
    pub fn interest(&self) -> EpollFlags {
        if self.sent < self.output.len() {
            EpollFlags::EPOLLOUT
        } else {
            EpollFlags::EPOLLIN
        }
    }

    fn answer(&mut self, input: &[u8]) {
        if let Phase::Open(echo) = &mut self.phase
            && echo.feed(input, &mut self.output) == Next::Close
        {
            self.phase = Phase::LastWords;
        }
    }

    fn end(&mut self) {
        if let Phase::Open(echo) = &mut self.phase {
            echo.end(&mut self.output);
        }
        self.phase = Phase::Ended;
    }

    /// Sends what is pending, as far as there is room; tells whether that was all.
    // ANCHOR: flush
    fn flush(&mut self, mut stream: &TcpStream) -> io::Result<bool> {
        let fd = stream.as_raw_fd();
        while self.sent < self.output.len() {
            let pending = &self.output[self.sent..];
            match stream.write(pending) {
                Ok(count) => {
                    let (data, of) = (&pending[..count], pending.len());
                    trace!(fd, bytes = count, data, of, "write");
                    self.sent += count;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    trace!(fd, call = "write", "would-block");
                    return Ok(false);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error), // EPIPE: the peer has gone
            }
        }
        self.output.clear();
        self.sent = 0;
        Ok(true)
    }
    // ANCHOR_END: flush
}
