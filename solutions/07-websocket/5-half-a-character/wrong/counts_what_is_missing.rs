//! Wrong: counts how many bytes a character still needs, and takes any of 80 to bf.
//! Caught by: a_second_byte_may_be_impossible
//! Says: 61 e0 9f bf
//! Says: received  Ok, to its end
//! Says: see the table

/// What has come is no UTF-8, and won't be any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad;

/// A text that comes in pieces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8 {
    /// Bytes that the last character still needs.
    missing: u8,
}

impl Utf8 {
    /// Checks the next bytes of the text.
    ///
    /// # Errors
    ///
    /// If no text begins like this.
    pub fn check(&mut self, piece: &[u8]) -> Result<(), Bad> {
        for &byte in piece {
            self.missing = match (self.missing, byte) {
                (0, 0x00..=0x7f) => 0,
                (0, 0xc2..=0xdf) => 1,
                (0, 0xe0..=0xef) => 2,
                (0, 0xf0..=0xf4) => 3,
                (1..=3, 0x80..=0xbf) => self.missing - 1,
                _ => return Err(Bad),
            };
        }
        Ok(())
    }

    /// The text ends here.
    ///
    /// # Errors
    ///
    /// If that is within a character.
    pub fn end(self) -> Result<(), Bad> {
        if self.missing == 0 { Ok(()) } else { Err(Bad) }
    }
}
