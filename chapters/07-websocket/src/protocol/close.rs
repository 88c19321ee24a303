//! Close frames: a code, and a reason for people.

use super::close_code::CloseCode;
use super::error::Error;

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
