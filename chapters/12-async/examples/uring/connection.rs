//! One connection: what it has asked the kernel for, and what it will ask for next.

use std::io::{self, ErrorKind};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;

use ch12_async::{Lines, Next};

use crate::ring::{Completion, Request, Ring};

/// Bytes of answers that may wait for an earlier send: with more, it stops receiving. The kernel
/// goes on by itself, so what it has received by then still comes.
const WAITING: usize = 64 * 1024;

pub struct Connection {
    stream: TcpStream,
    lines: Lines,
    /// Answers behind the one that is being sent.
    waiting: Vec<u8>,
    receiving: bool,
    sending: bool,
    /// It has been asked to stop receiving.
    cancelled: bool,
    ending: Ending,
}

#[derive(PartialEq, Eq)]
enum Ending {
    /// It doesn't end yet.
    No,
    /// Once all is sent, our direction is closed, and then what still comes is dropped.
    LastWords,
    /// Once all is sent, all is done.
    AtOnce,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            lines: Lines::default(),
            waiting: Vec::new(),
            receiving: false,
            sending: false,
            cancelled: false,
            ending: Ending::No,
        }
    }

    /// Receives from now on.
    pub fn start(&mut self, ring: &mut Ring, key: u32) -> io::Result<()> {
        self.receiving = true;
        self.cancelled = false;
        ring.receive(self.stream.as_raw_fd(), key)
    }

    /// Takes in a completion, and asks for what is next. Tells whether the connection is done.
    pub fn complete(
        &mut self,
        ring: &mut Ring,
        key: u32,
        completion: Completion<'_>,
    ) -> io::Result<bool> {
        if completion.request == Request::Send(key) {
            self.sending = false;
            if completion.result.is_err() {
                self.give_up(); // the peer has gone
            }
        } else {
            self.receiving = completion.more;
            match completion.result {
                Ok(_) => self.take(completion.input),
                // Asked for, or no buffer is free: it is started again below.
                Err(error) if is_pause(&error) => {}
                Err(_) => self.give_up(),
            }
        }
        self.next(ring, key)?;
        Ok(!self.receiving && !self.sending && self.ending == Ending::AtOnce)
    }

    /// The bytes of one completion; none at the end.
    fn take(&mut self, input: &[u8]) {
        match self.ending {
            Ending::No => {
                let (answer, next) = self.lines.feed(input);
                self.waiting.extend(answer);
                match next {
                    Next::Continue => {}
                    Next::Close => self.ending = Ending::LastWords,
                    Next::End => self.ending = Ending::AtOnce,
                }
            }
            Ending::LastWords if input.is_empty() => self.ending = Ending::AtOnce,
            Ending::LastWords | Ending::AtOnce => {}
        }
    }

    fn next(&mut self, ring: &mut Ring, key: u32) -> io::Result<()> {
        if !self.sending && !self.waiting.is_empty() {
            let answer = mem::take(&mut self.waiting);
            self.sending = true;
            ring.send(self.stream.as_raw_fd(), key, answer)?;
        }
        if self.ending == Ending::LastWords && !self.sending {
            let _ = self.stream.shutdown(Shutdown::Write);
        }
        let full = self.waiting.len() > WAITING;
        if full && self.receiving && !self.cancelled {
            self.cancelled = true;
            ring.cancel(key)?;
        }
        if !full && !self.receiving && self.ending != Ending::AtOnce {
            self.start(ring, key)?;
        }
        Ok(())
    }

    /// Nothing more is sent; what was asked for ends soon.
    fn give_up(&mut self) {
        self.waiting.clear();
        self.ending = Ending::AtOnce;
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

fn is_pause(error: &io::Error) -> bool {
    error.raw_os_error() == Some(nix::libc::ECANCELED)
        || error.raw_os_error() == Some(nix::libc::ENOBUFS)
        || error.kind() == ErrorKind::Interrupted
}
