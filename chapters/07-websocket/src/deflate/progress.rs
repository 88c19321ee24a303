//! A compressed message on its way in: what of it has been inflated.

use super::inflater::Inflater;
use crate::{Error, Kind, Limits, Part, Utf8};

/// What has to be remembered of a message from one piece to the next. Limits and UTF-8 are about
/// what has been inflated.
#[derive(Debug)]
pub(super) struct Progress {
    kind: Kind,
    length: u64,
    utf8: Utf8,
}

impl Progress {
    /// Of a message that begins.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            length: 0,
            utf8: Utf8::default(),
        }
    }

    /// Bytes that have been inflated.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Inflates the next bytes, and passes on what comes of them. No part is longer than `piece`,
    /// which is where they lie.
    pub fn inflate(
        &mut self,
        inflater: &mut Inflater,
        (bytes, last): (&[u8], bool),
        limits: &Limits,
        piece: &mut [u8],
        mut said: impl FnMut(Part<'_>),
    ) -> Result<(), Error> {
        let full = |bytes: &[u8]| self.add(bytes, false, limits, &mut said);
        let filled = inflater.inflate(bytes, last, piece, full)?;
        if last || filled > 0 {
            self.add(&piece[..filled], last, limits, &mut said)?;
        }
        Ok(())
    }

    // ANCHOR: add
    fn add(
        &mut self,
        bytes: &[u8],
        last: bool,
        limits: &Limits,
        said: &mut impl FnMut(Part<'_>),
    ) -> Result<(), Error> {
        self.length += bytes.len() as u64;
        if self.length > limits.message {
            return Err(Error::MessageTooLong);
        }
        let kind = self.kind;
        if kind == Kind::Text {
            let checked = self.utf8.check(bytes);
            if checked.is_err() || (last && !self.utf8.is_complete()) {
                return Err(Error::Utf8);
            }
        }
        said(Part { kind, bytes, last });
        Ok(())
    }
    // ANCHOR_END: add
}
