//! # 06-5 A short write across two pieces
//!
//! A response is a head, which the server has made, and a body, which was there before. To copy both into one
//! buffer costs time; to write them one after the other costs a system call more, and often a packet. So there
//! is writev(2): it takes a list of pieces (`iovec` in C, [`IoSlice`] in Rust), and writes what they are
//! together. For a socket, [`Write::write_vectored`] is that call.
//!
//! Document 000 says that writev returns how many bytes it has written, normally the sum of all lengths
//! (claim C072 in the book). On a nonblocking socket, "normally" doesn't help: it takes what there is room for,
//! and that may end in the middle of any piece. And it says rightly that writev leaves the list as it was
//! (C073): whoever calls it again has to work out what is left.
//!
//! The server that the document describes keeps for each piece where it goes on, and how much of it is left. So
//! does [`Response`], and makes the same mistake with it. Mostly, nobody notices: a head is short, and goes out
//! at once. Find out when it doesn't work, and mend it:
//!
//! - The client gets the head and the body, each byte once, however many bytes each write takes.
//! - Each write is offered all that is left, head and body together.
//! - [`Progress::Done`] comes with the last byte, and there is no write after it.
//! - Where the socket has no room ([`ErrorKind::WouldBlock`]), the answer is [`Progress::Waiting`]. The
//!   server calls `send` again once epoll says that there is room. It calls with the same response, and
//!   nothing is lost.
//!
//! Whether you go on with two ranges, calculate with `sent` alone, or use [`IoSlice::advance_slices`], is up to
//! you. An `IoSlice` borrows what it points to, so it can't be kept in the `Response` from call to call: what
//! can be kept is a number.
//!
//! The tests are sockets that take just as much as the test says, and a real one.

use std::io::{self, ErrorKind, IoSlice, Write};
use std::ops::Range;

/// How far a response has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// All of it is written.
    Done,
    /// The socket has no room for the rest.
    Waiting,
}

/// A response on its way.
#[derive(Debug)]
pub struct Response {
    head: Vec<u8>,
    body: Vec<u8>,
    /// What is left of the head.
    head_left: Range<usize>,
    /// What is left of the body.
    body_left: Range<usize>,
    /// How many bytes have been written, head and body together.
    sent: usize,
}

impl Response {
    /// A response of which nothing is sent yet.
    #[must_use]
    pub fn new(head: Vec<u8>, body: Vec<u8>) -> Self {
        Self {
            head_left: 0..head.len(),
            body_left: 0..body.len(),
            head,
            body,
            sent: 0,
        }
    }

    /// Writes as much as `socket` takes.
    ///
    /// # Errors
    ///
    /// As `writev(2)`, except for `EAGAIN` and `EINTR`.
    pub fn send(&mut self, socket: &mut impl Write) -> io::Result<Progress> {
        while self.sent < self.head.len() + self.body.len() {
            let pieces = [
                IoSlice::new(&self.head[self.head_left.clone()]),
                IoSlice::new(&self.body[self.body_left.clone()]),
            ];
            match socket.write_vectored(&pieces) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(taken) => self.advance(taken),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Ok(Progress::Waiting);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Progress::Done)
    }

    /// Goes on behind `taken` bytes that have been written.
    fn advance(&mut self, taken: usize) {
        self.sent += taken;
        if self.sent >= self.head_left.len() {
            self.head_left = 0..0;
            self.body_left = self.sent - self.head.len()..self.body.len();
        } else {
            let left = self.head_left.len() - self.sent;
            self.head_left = self.sent..self.sent + left;
        }
    }
}
