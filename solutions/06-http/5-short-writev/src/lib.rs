//! One number is enough: how many bytes are sent. All else follows from it, so nothing can contradict it. The
//! code that was handed out kept five numbers, and compared two that count from different places: `sent`
//! from the start of the response, and a length from where the last write had ended. After one short write in
//! the head they are the same by chance; after two they aren't.

use std::io::{self, ErrorKind, IoSlice, Write};

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
    /// How many bytes have been written, head and body together.
    sent: usize,
}

impl Response {
    /// A response of which nothing is sent yet.
    #[must_use]
    pub fn new(head: Vec<u8>, body: Vec<u8>) -> Self {
        let sent = 0;
        Self { head, body, sent }
    }

    /// Writes as much as `socket` takes.
    ///
    /// # Errors
    ///
    /// As `writev(2)`, except for `EAGAIN` and `EINTR`.
    pub fn send(&mut self, socket: &mut impl Write) -> io::Result<Progress> {
        while self.sent < self.head.len() + self.body.len() {
            let mut pieces = [IoSlice::new(&self.head), IoSlice::new(&self.body)];
            let mut left = &mut pieces[..];
            // It drops the pieces that are sent, and cuts the one in which the last write has ended.
            IoSlice::advance_slices(&mut left, self.sent);
            match socket.write_vectored(left) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(taken) => self.sent += taken,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // `sent` is kept in the response: the next call goes on from here.
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Ok(Progress::Waiting);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Progress::Done)
    }
}
