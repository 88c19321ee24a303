//! Wrong: waits for CR LF before it looks for what is bad.
//! Caught by: what_is_bad_is_bad_at_once
//! Says: Err(LineFeed) once byte 5 of them has come
//! Says: Whoever sends this shall not be waited for

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
        loop {
            match input.byte(self.searched) {
                None => return Ok(None),
                Some(b'\r') => match input.byte(self.searched + 1) {
                    // Its LF may still come. The mark stays on the CR: to step over it would be to
                    // forget it, and to meet the LF alone.
                    None => return Ok(None),
                    Some(b'\n') => break,
                    Some(_) => self.searched += 1,
                },
                Some(_) => self.searched += 1,
            }
        }
        let line = self.start..self.searched;
        self.start = self.searched + 2;
        self.searched = self.start;
        for at in line.clone() {
            match input.byte(at) {
                Some(b'\r') => return Err(Bad::CarriageReturn),
                Some(b'\n') => return Err(Bad::LineFeed),
                _ => {}
            }
        }
        Ok(Some(line))
    }
}
