//! Close frames: a code, and a reason for people.

use std::fmt;

use crate::Error;

/// Why a connection is closed (RFC 6455 §7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// All is done.
    pub const NORMAL: Self = Self(1000);
    /// A server goes down, or a browser has left the page.
    pub const GOING_AWAY: Self = Self(1001);
    /// The other side has broken the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// A kind of data that this side doesn't take.
    pub const UNSUPPORTED: Self = Self(1003);
    /// Never sent: what an application is told when a Close came without a code.
    pub const NO_STATUS: Self = Self(1005);
    /// Never sent: what an application is told when the connection ended without a Close.
    pub const ABNORMAL: Self = Self(1006);
    /// Data that isn't what its message says it is: text that isn't UTF-8.
    pub const INVALID_DATA: Self = Self(1007);
    /// Something that this side doesn't allow, and none of the other codes tells what.
    pub const POLICY: Self = Self(1008);
    /// A message that is too long.
    pub const TOO_BIG: Self = Self(1009);
    /// A client misses an extension.
    pub const MISSING_EXTENSION: Self = Self(1010);
    /// This side has met with something that it can't deal with.
    pub const INTERNAL_ERROR: Self = Self(1011);

    /// The code with this number, if it may be sent.
    ///
    /// RFC 6455 §7.4.1 reserves 1004, and has 1005, 1006 and 1015 never sent; 1012 to 1014 have
    /// been registered since. From 3000 on are the numbers of libraries, from 4000 on those of
    /// applications (§7.4.2).
    #[must_use]
    pub const fn of(number: u16) -> Option<Self> {
        match number {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(Self(number)),
            _ => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a Close says (RFC 6455 §5.5.1).
///
/// ```text
///    03 e9   62 79 65           nothing, or two bytes, the higher first,
///    1001    b  y  e            and then up to 123 bytes of UTF-8
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Close<'a> {
    /// Why, in a number; a Close may do without.
    pub code: Option<CloseCode>,
    /// Why, in words.
    pub reason: &'a str,
}

impl<'a> Close<'a> {
    /// The longest reason, in bytes: with the code it fills a control frame.
    pub const MAX_REASON: usize = 123;

    /// Reads a Close's payload.
    ///
    /// # Errors
    /// [`Error::CloseTooShort`], [`Error::CloseCode`] or [`Error::ReasonUtf8`].
    pub fn parse(payload: &'a [u8]) -> Result<Self, Error> {
        match payload {
            [] => Ok(Self::default()),
            [_] => Err(Error::CloseTooShort),
            [high, low, reason @ ..] => {
                let number = u16::from_be_bytes([*high, *low]);
                Ok(Self {
                    code: Some(CloseCode::of(number).ok_or(Error::CloseCode)?),
                    reason: str::from_utf8(reason).map_err(|_| Error::ReasonUtf8)?,
                })
            }
        }
    }

    /// Appends the payload to `out`. A reason that is too long is cut, between two characters;
    /// without a code there is no place for one.
    pub fn write(&self, out: &mut Vec<u8>) {
        if let Some(code) = self.code {
            let end = self.reason.floor_char_boundary(Self::MAX_REASON);
            out.extend_from_slice(&code.number().to_be_bytes());
            out.extend_from_slice(&self.reason.as_bytes()[..end]);
        }
    }
}

impl From<CloseCode> for Close<'_> {
    fn from(code: CloseCode) -> Self {
        Self {
            code: Some(code),
            reason: "",
        }
    }
}

impl From<Error> for Close<'_> {
    /// What a peer is told that has broken the protocol.
    fn from(error: Error) -> Self {
        Self {
            code: Some(error.code()),
            reason: error.text(),
        }
    }
}

#[cfg(test)]
mod tests;
