//! A message on its way: what has to be remembered of it from one fragment to the next.

use super::utf8::Utf8;
use crate::{Error, Header, Limits, Opcode};

/// What a message is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// UTF-8.
    Text,
    /// Bytes.
    Binary,
}

impl Kind {
    /// What a message is made of that begins with this opcode, if one does.
    #[inline]
    #[must_use]
    pub const fn of(opcode: Opcode) -> Option<Self> {
        match opcode {
            Opcode::Text => Some(Self::Text),
            Opcode::Binary => Some(Self::Binary),
            _ => None,
        }
    }

    /// The opcode that a message of this kind begins with.
    #[inline]
    #[must_use]
    pub const fn opcode(self) -> Opcode {
        match self {
            Self::Text => Opcode::Text,
            Self::Binary => Opcode::Binary,
        }
    }
}

/// A message whose end hasn't come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message {
    pub kind: Kind,
    pub compressed: bool,
    utf8: Utf8,
    fragments: u32,
    /// Payload of all frames that have begun, in bytes.
    length: u64,
}

impl Message {
    /// A frame begins, which isn't a control frame: the message that it belongs
    /// to, if `unfinished` is the one that it might continue (RFC 6455 §5.4).
    #[inline]
    // ANCHOR: with_frame
    pub fn with_frame(
        unfinished: Option<Self>,
        header: &Header,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let mut message = match (unfinished, Kind::of(header.opcode)) {
            (None, Some(kind)) => Self::new(kind, header.compressed),
            (None, None) => return Err(Error::NothingToContinue),
            (Some(message), None) => message,
            (Some(_), Some(_)) => return Err(Error::MessageInMessage),
        };
        message.length = message.length.saturating_add(header.length);
        let limit = if message.compressed {
            limits.compressed()
        } else {
            limits.message
        };
        if message.length > limit {
            return Err(Error::MessageTooLong);
        }
        message.fragments += 1;
        if message.fragments > limits.fragments {
            return Err(Error::TooManyFragments);
        }
        Ok(message)
    }
    // ANCHOR_END: with_frame

    #[inline]
    fn new(kind: Kind, compressed: bool) -> Self {
        Self {
            kind,
            compressed,
            utf8: Utf8::default(),
            fragments: 0,
            length: 0,
        }
    }

    /// Checks the next bytes of the message, unmasked; `last` says that it ends with them. What is
    /// compressed can't be checked before it is inflated.
    #[inline]
    pub fn check(&mut self, bytes: &[u8], last: bool) -> Result<(), Error> {
        if self.kind == Kind::Text && !self.compressed {
            let checked = self.utf8.check(bytes);
            if checked.is_err() || (last && !self.utf8.is_complete()) {
                return Err(Error::Utf8);
            }
        }
        Ok(())
    }
}
