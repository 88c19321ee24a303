//! Wrong: takes a piece that ends within a character, and forgets that.
//! Caught by: a_text_may_be_cut_anywhere
//! Says: Neither of the two need be UTF-8

/// What has come is no UTF-8, and won't be any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad;

/// A text that comes in pieces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8 {
    // yours, if you need something
}

impl Utf8 {
    /// Checks the next bytes of the text.
    ///
    /// # Errors
    ///
    /// If no text begins like this.
    pub fn check(&mut self, piece: &[u8]) -> Result<(), Bad> {
        match str::from_utf8(piece) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_none() => Ok(()),
            Err(_) => Err(Bad),
        }
    }

    /// The text ends here.
    ///
    /// # Errors
    ///
    /// If that is within a character.
    pub fn end(self) -> Result<(), Bad> {
        Ok(())
    }
}
