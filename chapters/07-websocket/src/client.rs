//! The other side: a client.
//!
//! ```text
//!   bytes in ──► Client ──► Incoming      no socket and no reactor: they are `Talk`'s
//!                  │
//!                  └──────► bytes out     the request, messages, Pongs, a Close
//! ```
//!
//! The same decoder serves both sides. What is the client's alone: it masks its frames with keys
//! that can't be foreseen, it refuses masked ones, and it leaves the end of the TCP connection to
//! the server.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `client.rs` | the client's side of one WebSocket: bytes in, bytes out |
//! | `opening.rs`, `address.rs`, `failure.rs` | what it asks for, where, and what may go wrong |
//! | `talk.rs`, `typed.rs`, `display.rs` | the program on the reactor: what is typed is sent, what comes is shown |
//! | `lookup.rs`, `input.rs`, `alarm.rs` | what a client waits for beside its connection: the client of chapter 08 does, too |

mod address;
mod alarm;
mod display;
mod failure;
mod input;
mod lookup;
mod opening;
mod talk;
mod typed;

use std::io;

use reactor::Buffer;

pub use self::address::{Address, AddressError};
pub use self::alarm::Alarm;
pub use self::failure::{Failure, Wait};
pub use self::input::{Chunk, Input};
pub use self::lookup::Lookup;
pub use self::opening::{MAX_ANSWER, Misunderstanding, Opening};
pub use self::talk::{Settings, talk};
use crate::random::Random;
use crate::{
    Assembler, Close, CloseCode, Closing, Decoder, Error, Event, Header, Kind, Limits, Mask,
    Opcode, Role, write_close, write_fragment,
};

/// The client's side of one WebSocket: what the server sends goes in, and what to send comes out.
///
/// ```
/// use ch07_websocket::{Client, Kind};
/// use reactor::Buffer;
///
/// let mut client = Client::new(&[])?;
/// let request = client.request(&"ws://localhost/ws".parse().unwrap());
/// assert!(request.starts_with("GET /ws HTTP/1.1\r\n"));
///
/// // Nothing can be sent until the server has agreed.
/// let (mut input, mut out) = (Buffer::new(), Vec::new());
/// assert!(client.send(Kind::Text, b"Hello", &mut out).is_err());
/// assert_eq!(client.next(&mut input, &mut out).unwrap(), None);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Client {
    random: Random,
    state: State,
    /// How much of a message is taken.
    pub limits: Limits,
    decoder: Decoder,
    assembler: Assembler,
    /// The Ping that came last, until it is answered.
    ping: Option<Vec<u8>>,
}

#[derive(Debug)]
enum State {
    /// The request's answer hasn't come.
    Opening(Opening),
    /// The server has agreed; closing tells how far that is.
    Open(Closing),
    /// The server has closed, and said this.
    Closed(Goodbye),
}

/// What a server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// It has agreed, and to this sub-protocol.
    Opened(Option<String>),
    /// A text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// The answer to a Ping.
    Pong(Vec<u8>),
    /// Its Close. No message follows, and it is the server's turn to end the connection.
    Close(Goodbye),
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

impl Goodbye {
    /// That of a connection that has ended without a Close.
    pub(crate) const fn abnormal() -> Self {
        Self {
            code: CloseCode::ABNORMAL,
            reason: String::new(),
        }
    }
}

impl Client {
    /// A client that offers these sub-protocols.
    ///
    /// # Errors
    /// If the kernel has no random bytes (`random(4)`).
    pub fn new(protocols: &[String]) -> io::Result<Self> {
        let mut random = Random::open()?;
        let opening = Opening::new(random.bytes()?, protocols.to_vec());
        Ok(Self {
            random,
            state: State::Opening(opening),
            limits: Limits::default(),
            decoder: Decoder::new(Role::Client),
            assembler: Assembler::default(),
            ping: None,
        })
    }

    /// What to send first. Empty once the server has agreed.
    #[must_use]
    pub fn request(&self, address: &Address) -> String {
        match &self.state {
            State::Opening(opening) => opening.request(address),
            State::Open(_) | State::Closed(_) => String::new(),
        }
    }

    /// Takes the next of what has come; `None` if more bytes are needed. What has to be sent
    /// because of it is appended to `out`, but for a [Pong](Self::answer_ping).
    ///
    /// # Errors
    /// If the server doesn't agree, or breaks the protocol: after what is in `out`, the connection
    /// is to be closed (RFC 6455 §7.1.7).
    pub fn next(
        &mut self,
        input: &mut Buffer,
        out: &mut Vec<u8>,
    ) -> Result<Option<Incoming>, Failure> {
        if let State::Opening(opening) = &self.state {
            let Some((protocol, used)) = opening.answer(input)? else {
                return Ok(None);
            };
            let opened = Incoming::Opened(protocol.map(str::to_owned));
            input.consume(used); // frames may have come right behind it
            self.state = State::Open(Closing::Open);
            return Ok(Some(opened));
        }
        loop {
            let event = match self.decoder.next(input, &self.limits) {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(None),
                Err(error) => return Err(self.fail(error, out)),
            };
            match event {
                Event::Data(part) => {
                    if let Some(message) = self.assembler.add(part) {
                        return Ok(Some(match message.text() {
                            Some(text) => Incoming::Text(text.to_owned()),
                            None => Incoming::Binary(message.bytes.to_vec()),
                        }));
                    }
                }
                Event::Deflated(_) => return Err(self.fail(Error::ReservedBit, out)),
                Event::Ping(payload) => self.ping = Some(payload.to_vec()),
                Event::Pong(payload) => return Ok(Some(Incoming::Pong(payload.to_vec()))),
                Event::Close(theirs) => {
                    let goodbye = Goodbye {
                        code: theirs.code.unwrap_or(CloseCode::NO_STATUS),
                        reason: theirs.reason.to_owned(),
                    };
                    let ours = self.closing().and_then(|closing| closing.received(theirs));
                    self.write_close(ours, out)?;
                    self.state = State::Closed(goodbye.clone());
                    return Ok(Some(Incoming::Close(goodbye)));
                }
            }
        }
    }

    /// The server has broken the protocol: it is told, and that is the end (RFC 6455 §7.1.7).
    fn fail(&mut self, error: Error, out: &mut Vec<u8>) -> Failure {
        let ours = self.closing().and_then(|closing| closing.failed(error));
        match self.write_close(ours, out) {
            Ok(()) => Failure::Protocol(error),
            Err(failure) => failure,
        }
    }

    fn closing(&mut self) -> Option<&mut Closing> {
        match &mut self.state {
            State::Open(closing) => Some(closing),
            State::Opening(_) | State::Closed(_) => None,
        }
    }

    /// Answers the Ping that came last, if it hasn't been answered. To be called while there is
    /// room for output: of several Pings, one answer will do (RFC 6455 §5.5.3), so however many
    /// come, they don't pile up.
    ///
    /// # Errors
    /// If the kernel has no random bytes.
    pub fn answer_ping(&mut self, out: &mut Vec<u8>) -> Result<(), Failure> {
        match self.ping.take() {
            Some(payload) if self.is_open() => self.send_frame(Opcode::Pong, true, &payload, out),
            _ => Ok(()),
        }
    }

    /// Whether the answer to its request hasn't come yet.
    #[must_use]
    pub fn is_opening(&self) -> bool {
        matches!(self.state, State::Opening(_))
    }

    /// Whether messages may be sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open(closing) if closing.is_open())
    }

    /// What the server has said in its Close, if it has sent one.
    #[must_use]
    pub fn goodbye(&self) -> Option<&Goodbye> {
        match &self.state {
            State::Closed(goodbye) => Some(goodbye),
            State::Opening(_) | State::Open(_) => None,
        }
    }

    /// Appends a message to `out`.
    ///
    /// # Errors
    /// [`Failure::Closed`] if none may be sent.
    pub fn send(&mut self, kind: Kind, message: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        self.send_frame(kind.opcode(), true, message, out)
    }

    /// Appends a Ping with up to 125 bytes to `out`; more are cut off.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn ping(&mut self, payload: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        let payload = &payload[..payload.len().min(crate::MAX_CONTROL)];
        self.send_frame(Opcode::Ping, true, payload, out)
    }

    /// Appends one frame to `out`: for messages in fragments.
    ///
    /// # Errors
    /// As [`Self::send`].
    // ANCHOR: send_frame
    pub fn send_frame(
        &mut self,
        opcode: Opcode,
        last: bool,
        payload: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        if !self.is_open() {
            return Err(Failure::Closed);
        }
        let header = Header {
            opcode,
            last,
            compressed: false,
            mask: Some(Mask::new(self.random.bytes()?)),
            length: payload.len() as u64,
        };
        write_fragment(out, header, payload);
        Ok(())
    }
    // ANCHOR_END: send_frame

    /// Begins to close: appends a Close to `out`, unless one has been sent. Messages may come until
    /// the server's [`Incoming::Close`].
    ///
    /// # Errors
    /// If the kernel has no random bytes.
    pub fn close(&mut self, close: Close<'_>, out: &mut Vec<u8>) -> Result<(), Failure> {
        let close = self.closing().and_then(|closing| closing.close(close));
        self.write_close(close, out)
    }

    fn write_close(&mut self, close: Option<Close<'_>>, out: &mut Vec<u8>) -> Result<(), Failure> {
        if let Some(close) = close {
            write_close(out, Some(Mask::new(self.random.bytes()?)), close);
        }
        Ok(())
    }
}
