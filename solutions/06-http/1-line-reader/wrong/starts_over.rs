//! Wrong: begins again at the start of the line with each piece.
//! Caught by: no_byte_is_looked_at_again_and_again
//! Says: expected  a few looks at each byte
//! Says: the square of what was sent

use std::ops::Range;

/// The bytes that have come on one connection so far.
pub trait Input {
    /// The byte at this place, counted from 0; `None` if it hasn't come yet.
    fn byte(&self, at: usize) -> Option<u8>;
}

/// Why something is no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// It has a CR without a LF behind it.
    CarriageReturn,
    /// It has a LF without a CR before it.
    LineFeed,
}

/// Finds one line after another.
#[derive(Debug, Default)]
pub struct LineReader {
    /// Where the next line begins.
    start: usize,
    /// From `start` up to here, there is neither CR nor LF.
    searched: usize,
}

impl LineReader {
    /// The next line, or `None` if it hasn't come as a whole.
    ///
    /// # Errors
    ///
    /// If what comes next is no line.
    pub fn next(&mut self, input: &impl Input) -> Result<Option<Range<usize>>, Bad> {
        self.searched = self.start;
        loop {
            match input.byte(self.searched) {
                None => return Ok(None),
                // The LF of a good line isn't met here: it is taken together with its CR.
                Some(b'\n') => return Err(Bad::LineFeed),
                Some(b'\r') => match input.byte(self.searched + 1) {
                    // Its LF may still come. The mark stays on the CR: to step over it would be to
                    // forget it, and to meet the LF alone.
                    None => return Ok(None),
                    Some(b'\n') => break,
                    Some(_) => return Err(Bad::CarriageReturn),
                },
                Some(_) => self.searched += 1,
            }
        }
        let line = self.start..self.searched;
        self.start = self.searched + 2;
        self.searched = self.start;
        Ok(Some(line))
    }
}
