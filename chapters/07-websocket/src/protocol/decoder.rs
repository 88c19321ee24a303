//! The decoder: bytes in, messages out, piece by piece.
//!
//! ```text
//!             ┌─ a control frame, whole ─┐
//!             ▼                          │      its payload's end
//!   start ──► Header ────────────────────┤ ◄───────────────────────┐
//!             │   │                      │                         │
//!             │   │ Close                └─ a frame of data ──► Payload ─┐
//!             │   ▼                                            │   ▲     │ some of it
//!             │ Closed                          an error       │   └─────┘
//!             └──────────────────► Broken ◄────────────────────┘
//! ```
//!
//! Payload is unmasked where it lies and passed on as it comes. Nothing is copied, and nothing is
//! held here: at most a header, or a control frame, waits in the input for its end. So a message
//! of 64 MiB needs no 64 MiB, and bad UTF-8 is refused in the middle of it.

use reactor::Buffer;

use super::header::RSV1;
use super::message::Message;
use super::utf8::is_utf8;
use crate::{Close, Error, Header, Kind, Limits, Mask, Opcode, Role};

/// Bytes of a compressed message that are passed on at a time: they may come to a thousand times as
/// many, and in between others can have their turn.
const DEFLATED: usize = 1024;

/// What has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// Some of a message.
    Data(Part<'a>),
    /// Some of a compressed message, as it was sent: it has to be inflated before it means anything.
    Deflated(Part<'a>),
    /// The peer wants to know whether we are there: a Pong with the same payload answers it
    /// (RFC 6455 §5.5.2).
    Ping(&'a [u8]),
    /// An answer to a Ping of ours, or a sign of life.
    Pong(&'a [u8]),
    /// The peer sends no more.
    Close(Close<'a>),
}

/// Some of a message. Where it is cut depends on how the bytes came, and says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// What the message is made of. Of a text, the bytes before this part and these together are
    /// the beginning of some UTF-8, and if this is the last one, they are UTF-8.
    pub kind: Kind,
    /// The bytes. They may be none in the last part, and are some in the others.
    pub bytes: &'a [u8],
    /// Whether the message ends with them.
    pub last: bool,
}

/// Reads the frames that a peer sends.
///
/// ```
/// use ch07_websocket::{Decoder, Event, Kind, Limits, Part, Role};
/// use reactor::Buffer;
///
/// let mut input = Buffer::from(&b"\x01\x02He\x89\x00\x80\x03llo"[..]); // a Ping in between
/// let mut decoder = Decoder::new(Role::Client);
/// let mut message = Vec::new();
/// while let Some(event) = decoder.next(&mut input, &Limits::default())? {
///     match event {
///         Event::Data(part) => message.extend_from_slice(part.bytes),
///         event => assert_eq!(event, Event::Ping(b"")),
///     }
/// }
/// assert_eq!(message, b"Hello");
/// # Ok::<(), ch07_websocket::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Decoder {
    role: Role,
    /// The reserved bits that may be set.
    allowed: u8,
    state: State,
}

#[derive(Debug, Clone, Copy)]
// ANCHOR: state
enum State {
    /// Between two messages, or within a header or a control frame there.
    Header,
    /// The same between two frames of a message.
    NextHeader(Message),
    /// Within the payload of a message's frame.
    Payload(Message, Frame),
    /// A Close has come: whatever follows means nothing (RFC 6455 §1.4).
    Closed,
    /// There is no telling where the next frame would begin.
    Broken(Error),
}
// ANCHOR_END: state

/// What is to come of a message's frame.
#[derive(Debug, Clone, Copy)]
struct Frame {
    mask: Option<Mask>,
    /// Whether the message ends with it.
    last: bool,
    /// Bytes of payload that haven't come.
    left: u64,
}

impl Decoder {
    /// A decoder for the beginning of a connection; `role` is the side that reads.
    #[must_use]
    pub const fn new(role: Role) -> Self {
        Self {
            role,
            allowed: 0,
            state: State::Header,
        }
    }

    /// The same where compression has been agreed on: messages come as [`Event::Deflated`], too.
    #[must_use]
    pub const fn compressed(role: Role) -> Self {
        Self {
            role,
            allowed: RSV1,
            state: State::Header,
        }
    }

    /// Reads the header at the front of `input`, as [`Header::parse`] does.
    #[inline]
    pub(crate) fn header(
        &self,
        input: &[u8],
        limit: u64,
    ) -> Result<Option<(Header, usize)>, Error> {
        Header::parse_with(input, self.role, limit, self.allowed)
    }

    /// Whether a frame begins with what comes next.
    #[inline]
    pub(crate) const fn is_between_frames(&self) -> bool {
        matches!(self.state, State::Header | State::NextHeader(_))
    }

    /// What comes next in `input`, which is consumed as far as it has been understood. `None` if
    /// more bytes are needed.
    ///
    /// # Errors
    /// What is wrong with the frames, as soon as that can be told, and again with each call.
    #[inline]
    pub fn next<'a>(
        &mut self,
        input: &'a mut Buffer,
        limits: &Limits,
    ) -> Result<Option<Event<'a>>, Error> {
        let result = self.read(input, limits);
        if let Err(error) = result {
            self.state = State::Broken(error);
        }
        result
    }

    #[inline]
    fn read<'a>(
        &mut self,
        input: &'a mut Buffer,
        limits: &Limits,
    ) -> Result<Option<Event<'a>>, Error> {
        loop {
            let unfinished = match &self.state {
                State::Header => None,
                State::NextHeader(message) => Some(message),
                State::Payload(message, frame) => {
                    let (message, frame) = (*message, *frame);
                    if frame.left > 0 && input.is_empty() {
                        return Ok(None);
                    }
                    return self.payload(input, message, frame).map(Some);
                }
                State::Closed => {
                    input.clear();
                    return Ok(None);
                }
                State::Broken(error) => return Err(*error),
            };
            let parsed = self.header(input, limits.frame)?;
            let Some((header, used)) = parsed else {
                return Ok(None);
            };
            if header.opcode.is_control() {
                return self.control(input, header, used);
            }
            let there = input.len() - used;
            if header.compressed {
                let unfinished = unfinished.copied();
                input.consume(used);
                self.begin(unfinished, header, limits)?;
                continue;
            }
            if unfinished.is_none() && header.last && header.length <= there as u64 {
                return whole(input, header, used, limits).map(Some);
            }
            let unfinished = unfinished.copied();
            input.consume(used);
            self.begin(unfinished, header, limits)?;
        }
    }

    /// A frame of a message begins, which isn't there as a whole or isn't all of its message.
    #[inline(never)]
    fn begin(
        &mut self,
        unfinished: Option<Message>,
        header: Header,
        limits: &Limits,
    ) -> Result<(), Error> {
        let Header {
            length, last, mask, ..
        } = header;
        let message = Message::with_frame(unfinished, &header, limits)?;
        self.state = if length == 0 && !last {
            State::NextHeader(message) // an empty fragment says nothing
        } else {
            let left = length;
            State::Payload(message, Frame { mask, last, left })
        };
        Ok(())
    }

    /// Takes what there is of a frame's payload.
    #[inline(never)]
    // ANCHOR: payload
    fn payload<'a>(
        &mut self,
        input: &'a mut Buffer,
        mut message: Message,
        mut frame: Frame,
    ) -> Result<Event<'a>, Error> {
        let there = if message.compressed {
            input.len().min(DEFLATED)
        } else {
            input.len()
        };
        let count = usize::try_from(frame.left).map_or(there, |left| left.min(there));
        let bytes = input.take(count);
        if let Some(mask) = &mut frame.mask {
            mask.apply(bytes);
        }
        frame.left -= count as u64;
        let last = frame.last && frame.left == 0;
        message.check(bytes, last)?;
        self.state = match frame.left {
            0 if last => State::Header,
            0 => State::NextHeader(message),
            _ => State::Payload(message, frame),
        };
        let kind = message.kind;
        let part = Part { kind, bytes, last };
        Ok(if message.compressed {
            Event::Deflated(part)
        } else {
            Event::Data(part)
        })
    }
    // ANCHOR_END: payload

    /// Takes a control frame, once all of it is there.
    #[inline(never)]
    fn control<'a>(
        &mut self,
        input: &'a mut Buffer,
        header: Header,
        used: usize,
    ) -> Result<Option<Event<'a>>, Error> {
        let end = used + usize::try_from(header.length).map_err(|_| Error::ControlTooLong)?;
        if input.len() < end {
            return Ok(None);
        }
        let payload = &mut input.take(end)[used..];
        if let Some(mut mask) = header.mask {
            mask.apply(payload);
        }
        Ok(Some(match header.opcode {
            Opcode::Ping => Event::Ping(payload),
            Opcode::Pong => Event::Pong(payload),
            _ => {
                let close = Close::parse(payload)?;
                self.state = State::Closed;
                Event::Close(close)
            }
        }))
    }
}

/// Takes a message that is there in one frame: what most messages are. Nothing has to be
/// remembered of it.
#[inline]
fn whole<'a>(
    input: &'a mut Buffer,
    header: Header,
    used: usize,
    limits: &Limits,
) -> Result<Event<'a>, Error> {
    let kind = Kind::of(header.opcode).ok_or(Error::NothingToContinue)?;
    if header.length > limits.message {
        return Err(Error::MessageTooLong);
    }
    let length = usize::try_from(header.length).map_err(|_| Error::FrameTooLong)?;
    let bytes = &mut input.take(used + length)[used..];
    if let Some(mut mask) = header.mask {
        mask.apply(bytes);
    }
    if kind == Kind::Text && !is_utf8(bytes) {
        return Err(Error::Utf8);
    }
    let last = true;
    Ok(Event::Data(Part { kind, bytes, last }))
}

#[cfg(test)]
mod tests;
