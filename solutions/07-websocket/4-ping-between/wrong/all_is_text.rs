//! Wrong: takes each message in fragments for a text.
//! Caught by: the_first_fragment_says_what_it_is
//! Says: received  nothing · the text ab
//! Says: what its first fragment was

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
    /// The message that has begun, and what has come of it. Not whether there are bytes says that one
    /// has begun: a fragment may have none.
    begun: Option<(Kind, Vec<u8>)>,
}

impl Assembler {
    /// What `frame` completes, behind all the frames before it.
    ///
    /// # Errors
    ///
    /// If it can't stand there.
    pub fn add(&mut self, frame: Frame) -> Result<Option<Event>, Bad> {
        let begins = match frame.opcode {
            Opcode::Text => Some(Kind::Text),
            Opcode::Binary => Some(Kind::Binary),
            Opcode::Continuation => None,
            // No part of any message: `begun` stays as it is.
            control @ (Opcode::Close | Opcode::Ping | Opcode::Pong) => {
                return if frame.last {
                    Ok(Some(Event::Control(control, frame.payload)))
                } else {
                    Err(Bad::ControlInFragments)
                };
            }
        };
        let (kind, mut bytes) = match (begins, self.begun.take()) {
            (Some(kind), None) => (kind, Vec::new()),
            (None, Some((_, bytes))) => (Kind::Text, bytes),
            (None, None) => return Err(Bad::NothingToContinue),
            (Some(_), Some(_)) => return Err(Bad::MessageInMessage),
        };
        // Before the bytes are added: what is refused needs no memory.
        if frame.payload.len() > LIMIT - bytes.len() {
            return Err(Bad::TooLong);
        }
        bytes.extend_from_slice(&frame.payload);
        if frame.last {
            return Ok(Some(Event::Message(kind, bytes)));
        }
        self.begun = Some((kind, bytes));
        Ok(None)
    }
}
