//! UTF-8 that comes in pieces, checked as it comes.
//!
//! ```text
//!   48 c3 │ bc e2 82 │ ac         "Hü€" in three pieces
//!      └────┘ └────────┘
//!      begun  begun            no error, until a byte comes that can't go on
//! ```
//!
//! A text may be cut within a character, by a fragment's end or by TCP. But what no further byte
//! could make right is refused at once, and not at the end of the message: RFC 6455 §8.1 has the
//! connection fail then, so that a peer that sends gigabytes of it needn't be heard out.

/// A text that comes in pieces: what of its last character is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Utf8 {
    /// A character's first bytes. A character has four bytes at most.
    begun: [u8; 4],
    count: u8,
}

/// A byte that can't follow those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Impossible;

impl Utf8 {
    /// Checks the next bytes of the text.
    ///
    /// # Errors
    /// If no text begins like this: for a byte that never occurs, one that can't follow the one
    /// before it, a character in more bytes than it needs, a surrogate, or one beyond U+10FFFF
    /// (RFC 3629 §3, §4).
    #[inline]
    pub fn check(&mut self, bytes: &[u8]) -> Result<(), Impossible> {
        if self.is_complete() && is_utf8(bytes) {
            return Ok(());
        }
        self.check_any(bytes)
    }

    /// Some of `bytes` belong to characters that are cut, or to none at all.
    #[cold]
    // ANCHOR: check
    fn check_any(&mut self, bytes: &[u8]) -> Result<(), Impossible> {
        let mut rest = bytes;
        while self.count > 0
            && let [first, others @ ..] = rest
        {
            self.complete(*first)?;
            rest = others;
        }
        match str::from_utf8(rest) {
            Ok(_) => Ok(()),
            // The end has come within a character that is right so far.
            Err(error) if error.error_len().is_none() => {
                self.begin(&rest[error.valid_up_to()..]);
                Ok(())
            }
            Err(_) => Err(Impossible),
        }
    }
    // ANCHOR_END: check

    /// Whether the text may end here: not within a character.
    #[inline]
    #[must_use]
    pub const fn is_complete(self) -> bool {
        self.count == 0
    }

    fn begin(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.begun[usize::from(self.count)] = byte;
            self.count += 1;
        }
    }

    /// Adds a byte to the character that has begun.
    fn complete(&mut self, byte: u8) -> Result<(), Impossible> {
        self.begin(&[byte]);
        match str::from_utf8(&self.begun[..usize::from(self.count)]) {
            Ok(_) => self.count = 0,
            Err(error) if error.error_len().is_none() => {}
            Err(_) => return Err(Impossible),
        }
        Ok(())
    }
}

/// Whether all of a text is UTF-8. What most texts are is found out soonest.
#[inline]
pub(super) fn is_utf8(text: &[u8]) -> bool {
    text.is_ascii() || str::from_utf8(text).is_ok()
}

#[cfg(test)]
mod tests;
