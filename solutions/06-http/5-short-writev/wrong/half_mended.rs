//! Wrong: mends the comparison, and still takes all that is sent off what is left.
//! Caught by: two_short_writes_in_the_head
//! Says: then 10 are sent and 10 are left
//! Says: byte 14

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
        if self.sent >= self.head.len() {
            self.head_left = 0..0;
            self.body_left = self.sent - self.head.len()..self.body.len();
        } else {
            let left = self.head_left.len().saturating_sub(self.sent);
            self.head_left = self.sent..self.sent + left;
        }
    }
}
