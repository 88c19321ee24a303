//! One client's side of a conversation.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Instant;

use crate::peer::Peer;
use crate::stream::{End, Expected, Pace, Step, Stream, is_asleep, of, patience};
use crate::{Server, sock_diag, sockets, wire};

/// What a small receive buffer has its peer send in one segment: as on Ethernet. Loopback's own are
/// larger than such a buffer, and TCP would then let timers run between them.
const SEGMENT: u32 = 1448;

/// Pieces of a stream, at most.
const PIECES: usize = 2000;

/// A conversation under way.
pub(super) struct Talk<E> {
    pub(super) stream: TcpStream,
    pub(super) address: SocketAddr,
    pub(super) to: SocketAddr,
    sent: Vec<u8>,
    /// How much of `sent` the kernel has taken.
    taken: usize,
    sending: Sending,
    expected: E,
    end: End,
    pace: Pace,
    /// Whether the end has come.
    reading: Reading,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sending {
    Open,
    Finished,
    /// The server has closed, as it should.
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Open,
    Ended,
}

impl<E: Expected> Talk<E> {
    pub(super) fn new(server: &Server, stream: Stream<E>) -> Result<Self, String> {
        let Stream {
            sent,
            expected,
            end,
            mut pace,
            to,
        } = stream;
        let to = to.unwrap_or(server.address());
        pace.send = pace.send.max(sent.len() / PIECES).max(1);
        pace.read = pace.read.max(1);
        let segment = pace.receive_buffer.map(|_| SEGMENT);
        let buffers = (pace.receive_buffer, pace.send_buffer, segment);
        let (stream, address) = wire::open_narrow(to, buffers, patience(server))
            .map_err(|error| format!("no connection: {error}"))?;
        Ok(Self {
            stream,
            address,
            to,
            sent,
            taken: 0,
            sending: Sending::Open,
            expected,
            end,
            pace,
            reading: Reading::Open,
        })
    }

    /// Takes the step of this turn; whether there is one.
    pub(super) fn step(&mut self, server: &Server, turn: usize) -> Result<bool, String> {
        let Some(&step) = self.pace.steps.get(turn) else {
            return Ok(false);
        };
        match step {
            Step::Send(bytes) => _ = self.send(bytes)?,
            Step::SendAtOnce(bytes) => _ = server.while_stopped(|| self.send(bytes))?,
            Step::Read(bytes) => _ = self.receive(bytes)?,
            Step::UntilRead => self.until(server, |talk| {
                sockets::unread_by_server(talk.address, talk.to) == 0
            })?,
            Step::UntilAnswered => self.until(server, |talk| {
                sockets::unread_by_server(talk.to, talk.address) > 0
            })?,
            Step::UntilAsleep => self.until(server, |_| false)?,
        }
        Ok(true)
    }

    /// Waits until it is so, or the server sleeps.
    fn until(&self, server: &Server, is_so: impl Fn(&Self) -> bool) -> Result<(), String> {
        let began = Instant::now();
        loop {
            // Mostly it takes microseconds, and a look whether the server sleeps milliseconds.
            for _ in 0..20 {
                if is_so(self) {
                    return Ok(());
                }
                thread::yield_now();
            }
            if is_asleep(server) {
                return Ok(());
            }
            if began.elapsed() > patience(server) {
                return Err("the server neither goes on nor sleeps".to_owned());
            }
        }
    }

    /// Sends and reads, as its pace is; whether there was something to do.
    pub(super) fn go_on(&mut self) -> Result<bool, String> {
        let sent = self.send(self.pace.send)?;
        let received = self.receive(self.pace.read)?;
        let finishes = self.end == End::Ours && self.sending == Sending::Open && !self.has_more();
        if finishes {
            self.sending = Sending::Finished;
            // Fails only on a connection that is gone, which the next read tells.
            let _ = self.stream.shutdown(Shutdown::Write);
        }
        Ok(sent || received || finishes)
    }

    fn has_more(&self) -> bool {
        self.sending == Sending::Open && self.taken < self.sent.len()
    }

    pub(super) fn wants_room(&self) -> bool {
        self.has_more()
    }

    fn send(&mut self, bytes: usize) -> Result<bool, String> {
        if self.sending != Sending::Open {
            return Ok(false);
        }
        let before = self.taken;
        let goal = self.sent.len().min(before.saturating_add(bytes));
        while self.taken < goal {
            match self.stream.write(&self.sent[self.taken..goal]) {
                Ok(taken) => self.taken += taken,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) if self.end == End::Theirs => {
                    self.sending = Sending::Refused;
                    return Ok(true);
                }
                Err(error) => return Err(format!("the server takes no more: {error}")),
            }
        }
        Ok(self.taken > before)
    }

    fn receive(&mut self, bytes: usize) -> Result<bool, String> {
        let mut buffer = vec![0; bytes.min(64 * 1024)];
        let mut left = bytes;
        while left > 0 && self.reading == Reading::Open {
            let room = left.min(buffer.len());
            match self.stream.read(&mut buffer[..room]) {
                Ok(0) => self.take_end()?,
                Ok(count) => {
                    self.expected.take(&buffer[..count])?;
                    left -= count;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(format!("the connection is gone: {error}")),
            }
        }
        Ok(left < bytes)
    }

    fn take_end(&mut self) -> Result<(), String> {
        self.reading = Reading::Ended;
        let is_due = match self.end {
            End::Ours => self.sending == Sending::Finished,
            End::Theirs => true,
            End::Open => false,
        };
        if is_due && self.expected.is_complete() {
            Ok(())
        } else {
            Err("the server has closed the connection too early".to_owned())
        }
    }

    /// Whether all has happened that should.
    pub(super) fn is_over(&self) -> bool {
        let is_complete = self.expected.is_complete();
        match self.end {
            End::Open => is_complete && !self.has_more(),
            End::Ours | End::Theirs => is_complete && self.reading == Reading::Ended,
        }
    }

    /// Whether neither kernel has anything to do for it. What the server hasn't read is the server's
    /// to do.
    pub(super) fn stands_still(&self) -> bool {
        let (here, there) = (self.address, self.to);
        let ours = sock_diag::look(here, there).ok().flatten();
        let theirs = sock_diag::look(there, here).ok().flatten();
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            return false;
        };
        ours.unread == 0 && theirs.unsent == 0 && (theirs.unread > 0 || ours.unsent == 0)
    }

    /// What an open connection still brings is too much.
    pub(super) fn expect_nothing_more(&mut self) -> Result<bool, String> {
        self.receive(1)
    }

    pub(super) fn progress(&self) -> String {
        let end = match (self.end, self.reading) {
            (End::Open, _) => "",
            (_, Reading::Ended) => ", and the end",
            (_, Reading::Open) => ", no end",
        };
        let (sent, came) = (of(self.taken, self.sent.len()), self.expected.progress());
        format!("{came} came back{end}; {sent} were sent")
    }

    /// Closes the connection.
    pub(super) fn close(self) -> E {
        self.expected
    }
}

impl Peer {
    /// # Errors
    ///
    /// If the server has ended.
    pub(super) fn expect_alive(&self) -> Result<(), String> {
        match &self.process {
            Some(process) if process.ended().is_some() => Err("the server has ended".to_owned()),
            _ => Ok(()),
        }
    }
}
