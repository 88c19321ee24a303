//! Wrong: counts in a variable of `send`, which is gone when it returns.
//! Caught by: a_full_socket_is_waited_for
//! Says: Nothing is sent twice

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
        self.sent = 0;
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
