//! A connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, Shutdown};
use std::os::fd::{AsRawFd, RawFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::source::Direction;
use super::watched::{Left, Watched};

/// A TCP connection whose calls wait without holding up the thread.
///
/// Waiting takes `&mut self`, so that two tasks can't wait for the same connection: there is room
/// for one waker in each direction.
pub struct TcpStream(Watched<net::TcpStream>);

/// Waits until a call is worth a try: see [`TcpStream::readable`], [`TcpStream::writable`].
#[must_use = "a future does nothing until it is awaited"]
pub struct Readiness<'a> {
    stream: &'a TcpStream,
    direction: Direction,
}

/// Waits until all is written: see [`TcpStream::write_all`].
#[must_use = "a future does nothing until it is awaited"]
pub struct WriteAll<'a> {
    stream: &'a TcpStream,
    unsent: &'a [u8],
}

impl TcpStream {
    /// A stream on `stream`, which must be non-blocking.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`: no memory, or no watch is left.
    ///
    /// # Panics
    /// Outside of [`Runtime::block_on`](super::Runtime::block_on).
    pub fn from_std(stream: net::TcpStream) -> io::Result<Self> {
        Ok(Self(Watched::new(stream)?))
    }

    /// Waits until [`Self::try_read`] is worth a try: there are bytes, the end, or an error. It may
    /// be wrong, and the read would block; then wait again.
    ///
    /// It returns no error; tokio's does, for a runtime that has gone.
    pub fn readable(&mut self) -> Readiness<'_> {
        Readiness {
            stream: self,
            direction: Direction::Read,
        }
    }

    /// Waits until [`Self::try_write`] is worth a try, as [`Self::readable`].
    pub fn writable(&mut self) -> Readiness<'_> {
        Readiness {
            stream: self,
            direction: Direction::Write,
        }
    }

    /// Reads what is there; 0 bytes are the end. A short read has emptied the socket (`epoll(7)`,
    /// "Questions and answers", 9), so it uses the edge up, which saves the read that would block.
    ///
    /// # Errors
    /// `WouldBlock` if nothing is there, else what `read(2)` says: the connection is broken.
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len();
        self.0.try_io(Direction::Read, |mut socket| {
            let count = socket.read(buffer)?;
            let short = 0 < count && count < length;
            Ok((count, if short { Left::Nothing } else { Left::Perhaps }))
        })
    }

    /// Writes as much as there is room for.
    ///
    /// # Errors
    /// `WouldBlock` if there is no room, else what `write(2)` says: the connection is broken.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_io(Direction::Write, |mut socket| {
            let count = socket.write(bytes)?;
            let short = count < bytes.len();
            Ok((count, if short { Left::Nothing } else { Left::Perhaps }))
        })
    }

    // ANCHOR: read
    /// Waits for bytes, and reads what is there; 0 bytes are the end. Dropping this future loses
    /// nothing.
    ///
    /// # Errors
    /// What `read(2)` says: the connection is broken.
    pub async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.readable().await?;
            match self.try_read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return result,
            }
        }
    }

    // ANCHOR_END: read

    /// Writes all of `bytes`, and waits for room as often as that takes. Dropping this future loses
    /// the count of what was written.
    ///
    /// It returns what `write(2)` says, if the connection is broken.
    pub fn write_all<'a>(&'a mut self, bytes: &'a [u8]) -> WriteAll<'a> {
        WriteAll {
            stream: self,
            unsent: bytes,
        }
    }

    /// Closes our direction: the peer reads the end behind all that was written.
    ///
    /// # Errors
    /// As `shutdown(2)`: the connection is gone.
    #[expect(clippy::unused_async, reason = "as tokio has it")]
    pub async fn shutdown(&mut self) -> io::Result<()> {
        self.0.socket().shutdown(Shutdown::Write)
    }
}

impl Future for Readiness<'_> {
    type Output = io::Result<()>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.stream.0.poll_ready(self.direction, context).map(Ok)
    }
}

impl Future for WriteAll<'_> {
    type Output = io::Result<()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        while !self.unsent.is_empty() {
            ready!(self.stream.0.poll_ready(Direction::Write, context));
            match self.stream.try_write(self.unsent) {
                Ok(count) => self.unsent = &self.unsent[count..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsRawFd for TcpStream {
    fn as_raw_fd(&self) -> RawFd {
        self.0.socket().as_raw_fd()
    }
}
