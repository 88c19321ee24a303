//! A client: it waits for one server, so it may block.
//!
//! The same decoder serves both sides. What is the client's alone: it masks its frames with keys
//! that can't be foreseen, it refuses masked ones, and it leaves the end of the TCP connection to
//! the server.

mod address;
mod failure;
mod opening;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use reactor::Buffer;

pub use self::address::{Address, AddressError};
pub use self::failure::Failure;
pub use self::opening::{MAX_ANSWER, Misunderstanding, Opening};
use crate::random::Random;
use crate::{
    Assembler, Close, CloseCode, Closing, Decoder, Error, Event, Header, Kind, Limits, Mask,
    Opcode, Role, write_close, write_fragment,
};

/// How long a client waits for the server to end the connection after the closing handshake.
const GOODBYE: Duration = Duration::from_secs(3);

/// A connection to a server.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    random: Random,
    protocol: Option<String>,
    /// How much of a message is taken.
    pub limits: Limits,
    input: Buffer,
    decoder: Decoder,
    assembler: Assembler,
    closing: Closing,
    /// What the server has said in its Close.
    goodbye: Option<Goodbye>,
}

/// What a server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// The answer to a Ping.
    Pong(Vec<u8>),
    /// The end, and what the server says about it. Nothing follows.
    End(Goodbye),
}

/// How a connection has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goodbye {
    /// The code of the server's Close; without one, [`CloseCode::NO_STATUS`]; without a Close,
    /// [`CloseCode::ABNORMAL`].
    pub code: CloseCode,
    /// Its reason.
    pub reason: String,
}

impl Client {
    /// Connects, and asks for a WebSocket.
    ///
    /// # Errors
    /// If the server can't be reached, or doesn't agree.
    pub fn connect(address: &Address, protocols: &[String]) -> Result<Self, Failure> {
        let stream = TcpStream::connect((address.host(), address.port()))?;
        stream.set_nodelay(true)?;
        let mut random = Random::open()?;
        let opening = Opening::new(random.bytes()?, protocols.to_vec());
        (&stream).write_all(opening.request(address).as_bytes())?;
        let mut input = Buffer::new();
        let protocol = loop {
            if read_more(&stream, &mut input)? == 0 {
                return Err(Failure::Opening(Misunderstanding::NotHttp));
            }
            if let Some((protocol, used)) = opening.answer(&input)? {
                input.consume(used); // frames may have arrived right after it
                break protocol.map(str::to_owned);
            }
        };
        Ok(Self {
            stream,
            random,
            protocol,
            limits: Limits::default(),
            input,
            decoder: Decoder::new(Role::Client),
            assembler: Assembler::default(),
            closing: Closing::Open,
            goodbye: None,
        })
    }

    /// The sub-protocol that the server has chosen.
    #[must_use]
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// The socket: to wait for it together with others, or to set a time limit.
    #[must_use]
    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sends a message.
    ///
    /// # Errors
    /// If the connection fails, or has been closed.
    pub fn send(&mut self, kind: Kind, message: &[u8]) -> Result<(), Failure> {
        self.send_frame(kind.opcode(), true, message)
    }

    /// Sends a Ping with up to 125 bytes; more are cut off.
    ///
    /// # Errors
    /// If the connection fails, or has been closed.
    pub fn ping(&mut self, payload: &[u8]) -> Result<(), Failure> {
        let payload = &payload[..payload.len().min(crate::MAX_CONTROL)];
        self.send_frame(Opcode::Ping, true, payload)
    }

    /// Sends one frame: for messages in fragments.
    ///
    /// # Errors
    /// If the connection fails, or has been closed.
    pub fn send_frame(
        &mut self,
        opcode: Opcode,
        last: bool,
        payload: &[u8],
    ) -> Result<(), Failure> {
        if !self.closing.is_open() {
            return Err(Failure::Closed);
        }
        // ANCHOR: send_frame
        let header = Header {
            opcode,
            last,
            mask: Some(Mask::new(self.random.bytes()?)),
            length: payload.len() as u64,
        };
        let mut frame = Vec::with_capacity(payload.len() + crate::Encoded::MAX);
        write_fragment(&mut frame, header, payload);
        Ok((&self.stream).write_all(&frame)?)
        // ANCHOR_END: send_frame
    }

    /// Begins to close: sends a Close. What still comes can be read until the [`Incoming::End`].
    ///
    /// # Errors
    /// If the connection fails.
    pub fn close(&mut self, close: Close<'_>) -> Result<(), Failure> {
        let close = self.closing.close(close);
        self.send_close(close)
    }

    fn send_close(&mut self, close: Option<Close<'_>>) -> Result<(), Failure> {
        if let Some(close) = close {
            let (mut frame, mask) = (Vec::new(), Mask::new(self.random.bytes()?));
            write_close(&mut frame, Some(mask), close);
            (&self.stream).write_all(&frame)?;
        }
        Ok(())
    }

    /// Waits for what comes next. Pings are answered on the way.
    ///
    /// # Errors
    /// If the connection fails, or the server breaks the protocol. A time limit of the socket's
    /// ends it with [`ErrorKind::WouldBlock`]; it may then be called again.
    pub fn receive(&mut self) -> Result<Incoming, Failure> {
        loop {
            if let Some(incoming) = self.take()? {
                return Ok(incoming);
            }
            if let Some(goodbye) = self.fill()? {
                return Ok(Incoming::End(goodbye));
            }
        }
    }

    /// Reads once: what has come can be [taken](Self::take) then, unless it is the end.
    ///
    /// # Errors
    /// If the connection fails.
    pub fn fill(&mut self) -> Result<Option<Goodbye>, Failure> {
        match (read_more(&self.stream, &mut self.input), &self.goodbye) {
            (Ok(1..), _) => Ok(None),
            // All has been said. A server that doesn't end the connection isn't waited for.
            (_, Some(goodbye)) => Ok(Some(goodbye.clone())),
            (Ok(_), None) => Ok(Some(Goodbye {
                code: CloseCode::ABNORMAL,
                reason: String::new(),
            })),
            (Err(error), None) => Err(error.into()),
        }
    }

    /// Takes the next of what has come, without waiting for more.
    ///
    /// # Errors
    /// If the server breaks the protocol, or an answer to it can't be sent.
    pub fn take(&mut self) -> Result<Option<Incoming>, Failure> {
        loop {
            let event = match self.decoder.next(&mut self.input, &self.limits) {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(None),
                Err(error) => return Err(self.fail(error)),
            };
            match event {
                Event::Data(part) => {
                    if let Some(message) = self.assembler.add(part) {
                        let text = message.text().map(str::to_owned);
                        return Ok(Some(match text {
                            Some(text) => Incoming::Text(text),
                            None => Incoming::Binary(message.bytes.to_vec()),
                        }));
                    }
                }
                Event::Ping(payload) => {
                    let payload = payload.to_vec();
                    if self.closing.is_open() {
                        self.send_frame(Opcode::Pong, true, &payload)?;
                    }
                }
                Event::Pong(payload) => return Ok(Some(Incoming::Pong(payload.to_vec()))),
                Event::Close(theirs) => {
                    self.goodbye = Some(Goodbye {
                        code: theirs.code.unwrap_or(CloseCode::NO_STATUS),
                        reason: theirs.reason.to_owned(),
                    });
                    let ours = self.closing.received(theirs);
                    self.send_close(ours)?;
                    // From here on it is the server's turn to end the connection.
                    self.stream.set_read_timeout(Some(GOODBYE))?;
                }
            }
        }
    }

    /// The server has broken the protocol: it is told, and that is the end (RFC 6455 §7.1.7).
    fn fail(&mut self, error: Error) -> Failure {
        let ours = self.closing.failed(error);
        let _ = self.send_close(ours); // it may be gone: there is an error to report already
        let _ = self.stream.shutdown(Shutdown::Write);
        Failure::Protocol(error)
    }
}

/// Reads once. A frozen machine may end a wait with a time limit early (`signal(7)`).
fn read_more(mut stream: &TcpStream, input: &mut Buffer) -> io::Result<usize> {
    let mut bytes = [0; 16 * 1024];
    loop {
        match stream.read(&mut bytes) {
            Ok(count) => {
                input.extend(&bytes[..count]);
                return Ok(count);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
