//! Where connections arrive.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::net::{self, SocketAddr};
use std::os::fd::{AsRawFd, RawFd};

use super::TcpStream;
use super::source::Direction;
use super::watched::{Left, Watched};

/// A listener whose `accept` waits without holding up the thread.
pub struct TcpListener(Watched<net::TcpListener>);

impl TcpListener {
    /// A listener on `listener`, which must be non-blocking.
    ///
    /// # Errors
    /// As `epoll_ctl(2)`: no memory, or no watch is left.
    ///
    /// # Panics
    /// Outside of [`Runtime::block_on`](super::Runtime::block_on).
    pub fn from_std(listener: net::TcpListener) -> io::Result<Self> {
        Ok(Self(Watched::new(listener)?))
    }

    /// Waits for the next connection. Dropping this future loses none.
    ///
    /// One task should accept: if two do, they wake each other.
    ///
    /// # Errors
    /// As `accept(2)`. The connection stays in the queue, and the next call tries at once.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        loop {
            poll_fn(|context| self.0.poll_ready(Direction::Read, context)).await;
            let accepted = self.0.try_io(Direction::Read, |socket| {
                Ok((socket.accept()?, Left::Perhaps))
            });
            match accepted {
                Ok((stream, peer)) => {
                    stream.set_nonblocking(true)?;
                    return Ok((TcpStream::from_std(stream)?, peer));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl AsRawFd for TcpListener {
    fn as_raw_fd(&self) -> RawFd {
        self.0.socket().as_raw_fd()
    }
}
