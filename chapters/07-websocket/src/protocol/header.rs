//! The header of a frame: two bytes that are always there, and up to twelve more.
//!
//! ```text
//!    byte 0             byte 1               bytes 2 …
//!   ┌───┬───┬───────┐  ┌──────┬──────────┐  ┌────────────────────────┬─────────────┐
//!   │FIN│RSV│opcode │  │ MASK │ length   │  │ longer length          │ masking key │
//!   │ 1 │ 3 │ 4 bits│  │  1   │ 7 bits   │  │ 0, 2 or 8 bytes        │ 0 or 4      │
//!   └───┴───┴───────┘  └──────┴──────────┘  └────────────────────────┴─────────────┘
//!     │   │      │        │    0 … 125: it is that
//!     │   │      │        │        126: it is in the next 2 bytes
//!     │   │      │        │        127: it is in the next 8 bytes, the highest bit 0
//!     │   │      │        └─ 1 from a client, 0 from a server
//!     │   │      └─ what it is: see `Opcode`
//!     │   └─ 0, as long as no extension gives them a meaning: the first one says "compressed"
//!     └─ 1: its message ends with this frame
//! ```
//!
//! Numbers have their highest byte first. A length has to be in the shortest of its forms
//! (RFC 6455 §5.2).

use crate::{Error, Mask};

const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
/// The first reserved bit: the message is compressed (RFC 7692 §6).
pub(super) const RSV1: u8 = 0x40;
const MASK: u8 = 0x80;
/// Lengths from here on are in the bytes that follow.
const TWO_BYTES: u8 = 126;
const EIGHT_BYTES: u8 = 127;

/// The longest payload of a control frame, in bytes (RFC 6455 §5.5).
pub const MAX_CONTROL: usize = 125;

/// Which side of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It sends masked frames and takes only those that aren't.
    Client,
    /// It takes masked frames only, and sends them unmasked.
    Server,
}

/// What a frame is for (RFC 6455 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Opcode {
    /// It goes on with a message.
    Continuation = 0,
    /// A message begins, of UTF-8.
    Text = 1,
    /// A message begins, of bytes.
    Binary = 2,
    /// Its sender sends no more.
    Close = 8,
    /// Its sender wants to hear that the other side is there.
    Ping = 9,
    /// The answer, with the Ping's payload; or an unsolicited sign of life.
    Pong = 10,
}

impl Opcode {
    const fn of(bits: u8) -> Result<Self, Error> {
        Ok(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return Err(Error::Opcode),
        })
    }

    /// Its name, as a trace has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Continuation => "continuation",
            Self::Text => "text",
            Self::Binary => "binary",
            Self::Close => "close",
            Self::Ping => "ping",
            Self::Pong => "pong",
        }
    }

    /// Whether it may stand between the fragments of a message, and is short and in one frame.
    #[inline]
    #[must_use]
    pub const fn is_control(self) -> bool {
        self as u8 & 0x08 != 0
    }
}

/// The header of a frame.
///
/// ```
/// use ch07_websocket::{Header, Mask, Opcode, Role};
///
/// let (header, used) = Header::parse(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f", Role::Server, 1024)?
///     .expect("all of the header");
/// assert_eq!((header.opcode, header.last, header.length), (Opcode::Text, true, 5));
/// assert_eq!(header.mask, Some(Mask::new([0x37, 0xfa, 0x21, 0x3d])));
/// assert_eq!(used, 6);
/// # Ok::<(), ch07_websocket::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What it is for.
    pub opcode: Opcode,
    /// Whether the message ends with it: FIN.
    pub last: bool,
    /// Whether the message that begins with it is compressed: RSV1. Only an extension that both
    /// sides have agreed on allows that.
    pub compressed: bool,
    /// What its payload is masked with.
    pub mask: Option<Mask>,
    /// Bytes of payload.
    pub length: u64,
}

impl Header {
    /// Reads the header at the front of `input`: it, and how many bytes it takes, or `None` if
    /// more bytes are needed. `reader` is the side that reads; `limit` is how long a frame may be
    /// that isn't a control frame.
    ///
    /// # Errors
    /// What is wrong with it, as soon as that can be told.
    #[inline]
    pub fn parse(input: &[u8], reader: Role, limit: u64) -> Result<Option<(Self, usize)>, Error> {
        Self::parse_with(input, reader, limit, 0)
    }

    /// The same, where an extension gives the reserved bits `allowed` a meaning: in the first frame
    /// of a message (RFC 7692 §6.2.3).
    #[inline]
    pub(crate) fn parse_with(
        input: &[u8],
        reader: Role,
        limit: u64,
        allowed: u8,
    ) -> Result<Option<(Self, usize)>, Error> {
        let Some((&first, rest)) = input.split_first() else {
            return Ok(None);
        };
        if first & RESERVED & !allowed != 0 {
            return Err(Error::ReservedBit);
        }
        let opcode = Opcode::of(first & 0x0f)?;
        let compressed = first & RSV1 != 0;
        if compressed && !matches!(opcode, Opcode::Text | Opcode::Binary) {
            return Err(Error::ReservedBit);
        }
        let last = first & FIN != 0;
        if opcode.is_control() && !last {
            return Err(Error::ControlInFragments);
        }
        let Some((&second, rest)) = rest.split_first() else {
            return Ok(None);
        };
        let masked = second & MASK != 0;
        match (reader, masked) {
            (Role::Server, false) => return Err(Error::Unmasked),
            (Role::Client, true) => return Err(Error::Masked),
            _ => {}
        }
        let short = second & !MASK;
        if opcode.is_control() && usize::from(short) > MAX_CONTROL {
            return Err(Error::ControlTooLong);
        }
        let Some((length, rest)) = length(short, rest)? else {
            return Ok(None);
        };
        if length > limit && !opcode.is_control() {
            return Err(Error::FrameTooLong);
        }
        let (mask, rest) = match (masked, rest.split_first_chunk()) {
            (false, _) => (None, rest),
            (true, Some((key, rest))) => (Some(Mask::new(*key)), rest),
            (true, None) => return Ok(None),
        };
        let header = Self {
            opcode,
            last,
            compressed,
            mask,
            length,
        };
        Ok(Some((header, input.len() - rest.len())))
    }

    /// The header as two bytes, if it has no more: most that a server sends are like that.
    #[inline]
    #[must_use]
    pub fn short(&self) -> Option<[u8; 2]> {
        match (u8::try_from(self.length), self.mask) {
            (Ok(length @ 0..TWO_BYTES), None) => Some([self.first_byte(), length]),
            _ => None,
        }
    }

    /// The header as four bytes, if it has as many: nearly all others that a server sends.
    #[inline]
    #[must_use]
    pub fn middle(&self) -> Option<[u8; 4]> {
        match (u16::try_from(self.length), self.mask) {
            (Ok(length @ 126..), None) => {
                let [high, low] = length.to_be_bytes();
                Some([self.first_byte(), TWO_BYTES, high, low])
            }
            _ => None,
        }
    }

    #[inline]
    const fn first_byte(&self) -> u8 {
        let fin = if self.last { FIN } else { 0 };
        let rsv1 = if self.compressed { RSV1 } else { 0 };
        self.opcode as u8 | fin | rsv1
    }

    /// The header as bytes.
    #[must_use]
    pub fn encode(&self) -> Encoded {
        let mut bytes = [0; Encoded::MAX];
        bytes[0] = self.first_byte();
        let mut length = 2;
        match (u8::try_from(self.length), u16::try_from(self.length)) {
            (Ok(short @ 0..TWO_BYTES), _) => bytes[1] = short,
            (_, Ok(two)) => {
                bytes[1] = TWO_BYTES;
                bytes[2..4].copy_from_slice(&two.to_be_bytes());
                length = 4;
            }
            _ => {
                bytes[1] = EIGHT_BYTES;
                bytes[2..10].copy_from_slice(&self.length.to_be_bytes());
                length = 10;
            }
        }
        if let Some(mask) = self.mask {
            bytes[1] |= MASK;
            bytes[length..length + 4].copy_from_slice(&mask.key());
            length += 4;
        }
        Encoded { bytes, length }
    }
}

/// The length that begins with the seven bits `short` and goes on in `rest`, and what follows
/// it.
#[inline]
fn length(short: u8, rest: &[u8]) -> Result<Option<(u64, &[u8])>, Error> {
    if short < TWO_BYTES {
        return Ok(Some((short.into(), rest)));
    }
    long_length(short, rest)
}

// ANCHOR: length
fn long_length(short: u8, rest: &[u8]) -> Result<Option<(u64, &[u8])>, Error> {
    let (length, shortest, rest) = if short == TWO_BYTES {
        let Some((bytes, rest)) = rest.split_first_chunk() else {
            return Ok(None);
        };
        (u16::from_be_bytes(*bytes).into(), 126, rest)
    } else {
        let Some((bytes, rest)) = rest.split_first_chunk() else {
            return Ok(None);
        };
        (u64::from_be_bytes(*bytes), 0x1_0000, rest)
    };
    if length >> 63 != 0 {
        return Err(Error::LengthTooLarge);
    }
    if length < shortest {
        return Err(Error::LengthNotShortest);
    }
    Ok(Some((length, rest)))
}
// ANCHOR_END: length

/// A header as bytes: it dereferences to them.
#[derive(Debug, Clone, Copy)]
pub struct Encoded {
    bytes: [u8; Self::MAX],
    length: usize,
}

impl Encoded {
    /// Bytes of the longest header.
    pub const MAX: usize = 14;
}

impl std::ops::Deref for Encoded {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

#[cfg(test)]
mod tests;
