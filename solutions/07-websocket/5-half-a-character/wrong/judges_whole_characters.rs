//! Wrong: collects a character by the length that its first byte tells, and judges it when it is complete.
//! Caught by: a_second_byte_may_be_impossible
//! Says: 61 | e0 | 9f | bf
//! Says: Bad, with the piece that begins at byte 3
//! Says: Don't wait for the rest

/// What has come is no UTF-8, and won't be any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad;

/// A text that comes in pieces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8 {
    /// The last character, as far as it has come.
    begun: [u8; 4],
    count: usize,
}

impl Utf8 {
    /// Checks the next bytes of the text.
    ///
    /// # Errors
    ///
    /// If no text begins like this.
    pub fn check(&mut self, piece: &[u8]) -> Result<(), Bad> {
        for &byte in piece {
            self.begun[self.count] = byte;
            self.count += 1;
            let length = match self.begun[0] {
                0x00..=0x7f => 1,
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => return Err(Bad),
            };
            if self.count == length {
                str::from_utf8(&self.begun[..length]).map_err(|_| Bad)?;
                self.count = 0;
            }
        }
        Ok(())
    }

    /// The text ends here.
    ///
    /// # Errors
    ///
    /// If that is within a character.
    pub fn end(self) -> Result<(), Bad> {
        if self.count == 0 { Ok(()) } else { Err(Bad) }
    }
}
