//! Wrong: completes a character with one piece, and takes it for bad if that is too short.
//! Caught by: a_text_may_come_byte_by_byte
//! Says: must be known behind the second

/// What has come is no UTF-8, and won't be any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad;

/// A text that comes in pieces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8 {
    /// The first bytes of a character whose others haven't come. There are at most three; the fourth is put
    /// here to look at them all.
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
        let mut rest = piece;
        // One by one, as a character may come in four pieces, and be impossible from its second on.
        while self.count > 0
            && let [next, others @ ..] = rest
        {
            self.begun[self.count] = *next;
            self.count += 1;
            rest = others;
            if str::from_utf8(&self.begun[..self.count]).is_ok() {
                self.count = 0;
            } else if rest.is_empty() {
                return Err(Bad);
            }
        }
        let begun = cut(rest)?;
        // With an empty `rest`, what has begun stays as it is.
        if self.count == 0 {
            self.begun[..begun.len()].copy_from_slice(begun);
            self.count = begun.len();
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

/// The bytes of the character within which `text` ends; none if it ends behind one.
fn cut(text: &[u8]) -> Result<&[u8], Bad> {
    match str::from_utf8(text) {
        Ok(_) => Ok(&[]),
        Err(error) if error.error_len().is_none() => Ok(&text[error.valid_up_to()..]),
        Err(_) => Err(Bad),
    }
}
