//! The line reader: finds the next line, or asks for more bytes.
//!
//! ```text
//!  G E T   /   H T T P / 1 . 1 CR LF H o s t :   e x a m
//!  └─────── a line ──────────┘      └── no line yet ────┘▲
//!                                   start         searched
//! ```
//!
//! A parser of heads in C would have three answers here: the line is there, it isn't complete, it
//! is bad. These are `Ok(Some(line))`, `Ok(None)` and `Err(error)`.
//!
//! A line ends in CR LF and in nothing else. RFC 9112 §2.2 lets a recipient take a lone LF for an
//! end of line, but a proxy between the client and this server may not, and then the two
//! see different requests. The same goes for a lone CR, and for NUL and its like, at which one
//! program ends a text and the next one doesn't (RFC 9110 §5.5).

use super::error::Error;
use crate::fast::find_control;

/// Reads lines from an input that grows at its end.
///
/// Between two calls the input keeps what it had and may gain bytes at its end. So none is looked
/// at twice, in however many pieces a line comes.
// ANCHOR: types
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineReader {
    /// Where the next line begins.
    start: usize,
    /// Up to here, there is no control character but HTAB after `start`.
    searched: usize,
}
// ANCHOR_END: types

impl LineReader {
    /// A reader whose first line begins at `start`.
    pub(super) const fn at(start: usize) -> Self {
        Self {
            start,
            searched: start,
        }
    }

    /// Where the next line begins: all before it has been returned.
    #[must_use]
    pub const fn position(self) -> usize {
        self.start
    }

    /// The next line of `input` without its CR LF, or `None` if more bytes are needed. It holds
    /// no control character but HTAB.
    ///
    /// # Errors
    /// `too_long` if the line is longer than `limit` bytes; [`Error::BareCr`], [`Error::BareLf`] or
    /// [`Error::Control`] if it can't be one. Which of them doesn't depend on how many bytes have
    /// come.
    #[expect(
        clippy::inline_always,
        reason = "each line of each request comes through here"
    )]
    #[inline(always)]
    // ANCHOR: line
    pub fn next<'a>(
        &mut self,
        input: &'a [u8],
        limit: usize,
        too_long: Error,
    ) -> Result<Option<&'a [u8]>, Error> {
        let start = self.position();
        let end = find_control(input, self.searched);
        if end - start > limit {
            return Err(too_long);
        }
        let (line, rest) = input[start..].split_at(end - start);
        if let [b'\r', b'\n', ..] = rest {
            *self = Self::at(end + 2);
            return Ok(Some(line));
        }
        self.searched = end;
        no_line(rest)
    }
    // ANCHOR_END: line
}

// ANCHOR: no_line
/// What to make of `rest`, which doesn't begin with CR LF, after a line.
#[cold]
fn no_line<T>(rest: &[u8]) -> Result<Option<T>, Error> {
    match rest {
        [] | [b'\r'] => Ok(None),
        [b'\r', ..] => Err(Error::BareCr),
        [b'\n', ..] => Err(Error::BareLf),
        _ => Err(Error::Control),
    }
}
// ANCHOR_END: no_line

#[cfg(test)]
mod tests;
