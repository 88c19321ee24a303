//! # 07-4 A ping between two fragments
//!
//! A WebSocket message may come in fragments (RFC 6455 §5.4). Its first frame says what it is, text or binary; the
//! others have opcode 0, *continuation*; the last of all has FIN. So a server can begin to send what it has not
//! finished, and messages can be of any length.
//!
//! Control frames (Close, Ping, Pong) belong to no message. They come in one frame, and may stand between the
//! fragments of a message, as nobody should have to wait for the end of a long message with a ping:
//!
//! ```text
//!   text "Hel"  ·  ping "?"  ·  continuation "lo", FIN      one ping, and then one message: "Hello"
//! ```
//!
//! The server of document 003 doesn't look at the opcode. It echoes each frame as a text of its own: a ping comes
//! back as a message, and of a message in two fragments comes back the first (bug B91).
//!
//! Write [`Assembler::add`]. It gets one frame after another, and says what each completes:
//!
//! - [`Event::Message`] when a message is complete, with all its bytes and with the kind that its first frame
//!   had. A fragment may have no bytes, the first one as well.
//! - [`Event::Control`] for a control frame, at once. The message around it goes on behind it.
//! - `None` for a frame that completes nothing.
//! - A continuation of nothing is refused, [`Bad::NothingToContinue`]; so is a text or binary frame before the
//!   message that has begun has ended, [`Bad::MessageInMessage`]; and a control frame without FIN,
//!   [`Bad::ControlInFragments`].
//! - A message of more than [`LIMIT`] bytes is refused with the frame that makes it so, [`Bad::TooLong`], and not
//!   when it ends: it may never end.
//!
//! Nobody asks again behind a frame that was refused. What `Assembler` has in it is up to you. 07-2 made the frames;
//! here they are decoded. 07-5 looks whether a text is UTF-8.

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// It goes on with a message.
    Continuation,
    /// A message begins, of UTF-8.
    Text,
    /// A message begins, of bytes.
    Binary,
    /// The sender sends no more.
    Close,
    /// The sender wants to hear that somebody is there.
    Ping,
    /// The answer to a Ping.
    Pong,
}

/// A frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// FIN: nothing continues it.
    pub last: bool,
    /// What it is for.
    pub opcode: Opcode,
    /// Its bytes.
    pub payload: Vec<u8>,
}

/// What a message is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8.
    Text,
    /// Bytes.
    Binary,
}

/// Something that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A message.
    Message(Kind, Vec<u8>),
    /// A control frame: Close, Ping or Pong, and its payload.
    Control(Opcode, Vec<u8>),
}

/// Why a frame is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// No message has begun that it could continue.
    NothingToContinue,
    /// It begins a message within another.
    MessageInMessage,
    /// A control frame has FIN, always.
    ControlInFragments,
    /// The message is longer than [`LIMIT`].
    TooLong,
}

/// The longest message that we take, in bytes.
pub const LIMIT: usize = 100_000;

/// Makes messages of frames.
#[derive(Debug, Default)]
pub struct Assembler {
    // yours
}

impl Assembler {
    /// What `frame` completes, behind all the frames before it.
    ///
    /// # Errors
    ///
    /// If it can't stand there.
    pub fn add(&mut self, frame: Frame) -> Result<Option<Event>, Bad> {
        let kind = match frame.opcode {
            Opcode::Text => Kind::Text,
            Opcode::Binary => Kind::Binary,
            Opcode::Continuation => todo!("the message that has begun"),
            Opcode::Close | Opcode::Ping | Opcode::Pong => todo!("no part of any message"),
        };
        if !frame.last {
            todo!("a message begins");
        }
        Ok(Some(Event::Message(kind, frame.payload)))
    }
}
