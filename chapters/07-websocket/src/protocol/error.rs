//! Every way in which a peer can break the protocol, and the close code that it is told.

use std::fmt;

use super::close_code::CloseCode;

/// What is wrong with what the peer has sent.
///
/// After an error there is no telling where the next frame would begin: the connection *fails*. The peer
/// is sent a Close with [`code`](Self::code), and the TCP connection is closed (RFC 6455 §7.1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Error {
    /// A reserved bit is set, and no extension has been agreed on that could mean something by it.
    ReservedBit,
    /// An opcode that has no meaning yet.
    Opcode,
    /// A control frame in fragments.
    ControlInFragments,
    /// A control frame with more than 125 bytes of payload.
    ControlTooLong,
    /// A frame from a client that isn't masked.
    Unmasked,
    /// A frame from a server that is masked.
    Masked,
    /// A length in more bytes than it needs.
    LengthNotShortest,
    /// A length whose highest bit is set.
    LengthTooLarge,
    /// A continuation, and no message that it could continue.
    NothingToContinue,
    /// A new message before the last one's end.
    MessageInMessage,
    /// A Close with one byte of payload: a code has two.
    CloseTooShort,
    /// A close code that must not be sent.
    CloseCode,

    /// A compressed message that can't be inflated.
    Compression,
    /// A text that isn't UTF-8.
    Utf8,
    /// A Close whose reason isn't UTF-8.
    ReasonUtf8,

    /// A frame longer than this side takes.
    FrameTooLong,
    /// A message longer than this side takes.
    MessageTooLong,
    /// A message in more fragments than this side takes.
    TooManyFragments,
}

impl Error {
    /// The code to close with (RFC 6455 §7.4.1).
    #[must_use]
    pub const fn code(self) -> CloseCode {
        match self {
            Self::Compression | Self::Utf8 | Self::ReasonUtf8 => CloseCode::INVALID_DATA,
            Self::FrameTooLong | Self::MessageTooLong | Self::TooManyFragments => {
                CloseCode::TOO_BIG
            }
            _ => CloseCode::PROTOCOL_ERROR,
        }
    }

    /// What was wrong, in a few words: it fits a Close frame.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ReservedBit => "a reserved bit is set",
            Self::Opcode => "the opcode is unknown",
            Self::ControlInFragments => "a control frame must not be fragmented",
            Self::ControlTooLong => "a control frame takes 125 bytes at most",
            Self::Unmasked => "a client has to mask its frames",
            Self::Masked => "a server must not mask its frames",
            Self::LengthNotShortest => "the length has to be in its shortest form",
            Self::LengthTooLarge => "the length's highest bit has to be 0",
            Self::NothingToContinue => "there is no message to continue",
            Self::MessageInMessage => "the last message is not complete",
            Self::CloseTooShort => "a close code has two bytes",
            Self::CloseCode => "this close code must not be sent",
            Self::Compression => "the compressed data is damaged",
            Self::Utf8 => "the text is not UTF-8",
            Self::ReasonUtf8 => "the reason is not UTF-8",
            Self::FrameTooLong => "the frame is too long",
            Self::MessageTooLong => "the message is too long",
            Self::TooManyFragments => "the message has too many fragments",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl std::error::Error for Error {}
