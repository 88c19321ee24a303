//! A client that never waits: it sends and takes what the sockets allow at the moment.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use harness::experiment::{Entry, entry, reset};
use nix::poll::{PollFd, PollFlags};
use socket2::{Domain, SockRef, Socket, Type};
use std::os::fd::AsFd;

use crate::handler::byte_at;
use crate::run::{Outcome, fail};

/// What a client has seen of the end of its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Open,
    Finished,
    Reset,
}

#[derive(Debug)]
pub struct Client {
    /// None once this side has closed.
    stream: Option<TcpStream>,
    address: SocketAddr,
    server: SocketAddr,
    to_send: Vec<u8>,
    pub sent: usize,
    pub received: u64,
    pub urgent: bool,
    /// No more can be sent: this side has finished, or the server has cut it.
    pub finished: bool,
    pub end: End,
}

impl Client {
    /// Connects, with a receive buffer of this size; 0 for the kernel's choice.
    pub fn connect(server: SocketAddr, receive: usize, to_send: Vec<u8>) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        if receive > 0 {
            socket.set_recv_buffer_size(receive).unwrap();
        }
        socket.connect(&server.into()).unwrap();
        socket.set_tcp_nodelay(true).unwrap();
        socket.set_nonblocking(true).unwrap();
        let stream = TcpStream::from(socket);
        Self {
            address: stream.local_addr().unwrap(),
            stream: Some(stream),
            server,
            to_send,
            sent: 0,
            received: 0,
            urgent: false,
            finished: false,
            end: End::Open,
        }
    }

    /// Whether this side has closed or vanished.
    pub fn has_left(&self) -> bool {
        self.stream.is_none()
    }

    pub fn has_sent_all(&self) -> bool {
        self.finished || self.sent == self.to_send.len()
    }

    /// What this client has sent so far.
    pub fn sent_bytes(&self) -> &[u8] {
        &self.to_send[..self.sent]
    }

    /// The server's end of the connection.
    pub fn at_server(&self) -> Option<Entry> {
        entry(self.server, self.address)
    }

    /// Bytes that have arrived here and that this client has not taken.
    pub fn unread(&self) -> usize {
        entry(self.address, self.server).map_or(0, |socket| socket.unread)
    }

    /// Offers so many bytes at most; says whether some were taken.
    pub fn send(&mut self, bytes: usize) -> bool {
        let Some(mut stream) = self.stream.as_ref() else {
            return false;
        };
        let end = self.to_send.len().min(self.sent.saturating_add(bytes));
        if self.finished || self.sent == end {
            return false;
        }
        match stream.write(&self.to_send[self.sent..end]) {
            Ok(count) => {
                self.sent += count;
                count > 0
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => false,
            Err(_) => {
                self.finished = true; // the server has cut the connection
                true
            }
        }
    }

    /// Takes so many bytes at most; says whether there were some, or an end.
    pub fn read(&mut self, bytes: usize) -> Outcome<bool> {
        let Some(mut stream) = self.stream.as_ref() else {
            return Ok(false);
        };
        let before = (self.received, self.end);
        let mut left = bytes;
        let mut buffer = [0; 16 * 1024];
        while left > 0 && self.end == End::Open {
            let most = left.min(buffer.len());
            match stream.read(&mut buffer[..most]) {
                Ok(0) => self.end = End::Finished,
                Ok(count) => {
                    let expected = (self.received..).map(byte_at);
                    if let Some(wrong) = buffer[..count]
                        .iter()
                        .zip(expected)
                        .position(|(a, b)| *a != b)
                    {
                        let at = self.received + wrong as u64;
                        return fail(format!("byte {at} is wrong"));
                    }
                    self.received += count as u64;
                    left -= count;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.end = End::Reset;
                    self.finished = true;
                }
            }
        }
        Ok((self.received, self.end) != before)
    }

    pub fn send_urgent(&mut self) {
        if let Some(stream) = &self.stream
            && !self.urgent
            && !self.finished
        {
            self.urgent = SockRef::from(stream).send_out_of_band(b"!").is_ok();
        }
    }

    pub fn finish(&mut self) {
        if let Some(stream) = &self.stream {
            let _ = stream.shutdown(Shutdown::Write); // fails if the server has cut it
            self.finished = true;
        }
    }

    pub fn leave(&mut self) {
        self.stream = None;
    }

    pub fn reset(&mut self) {
        if let Some(stream) = self.stream.take() {
            reset(stream);
        }
    }

    /// What this client waits for, if anything.
    pub fn waits_for(&self) -> Option<PollFd<'_>> {
        let stream = self.stream.as_ref()?;
        let mut events = PollFlags::empty();
        events.set(PollFlags::POLLIN, self.end == End::Open);
        events.set(PollFlags::POLLOUT, !self.has_sent_all());
        (!events.is_empty()).then(|| PollFd::new(stream.as_fd(), events))
    }
}
