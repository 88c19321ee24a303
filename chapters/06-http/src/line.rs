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
//! end of line, but whoever sits between the client and this server may not, and then the two
//! see different requests. The same goes for a lone CR, and for NUL and its like, at which one
//! program ends a text and the next one doesn't (RFC 9110 §5.5).

use crate::Error;

/// Reads lines from an input that grows at its end.
///
/// Between two calls the input keeps what it had and may gain bytes behind it. So none is looked
/// at twice, in however many pieces a line comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineReader {
    /// Where the next line begins.
    start: u32,
    /// Up to here, there is no control character but HTAB behind `start`.
    searched: u32,
}

impl LineReader {
    /// A reader whose first line begins at `start`.
    pub(crate) const fn at(start: u32) -> Self {
        Self {
            start,
            searched: start,
        }
    }

    /// Where the next line begins: all before it has been returned.
    #[must_use]
    pub const fn position(self) -> usize {
        self.start as usize
    }

    /// The next line of `input` without its CR LF, or `None` if more bytes are needed. It holds
    /// no control character but HTAB.
    ///
    /// # Errors
    /// `too_long` if the line is longer than `limit` bytes; [`Error::BareCr`], [`Error::BareLf`] or
    /// [`Error::Control`] if it can't be one. Which of them doesn't depend on how many bytes have
    /// come.
    #[inline]
    pub fn next<'a>(
        &mut self,
        input: &'a [u8],
        limit: u32,
        too_long: Error,
    ) -> Result<Option<&'a [u8]>, Error> {
        let start = self.position();
        let found = find_control(input, self.searched as usize);
        let end = found.unwrap_or(input.len());
        if end - start > limit as usize {
            return Err(too_long);
        }
        match input.get(end..) {
            Some([b'\r', b'\n', ..]) => {
                *self = Self::at(offset(end + 2));
                Ok(Some(&input[start..end]))
            }
            Some([] | [b'\r']) => {
                self.searched = offset(end);
                Ok(None)
            }
            Some([b'\r', ..]) => Err(Error::BareCr),
            Some([b'\n', ..]) => Err(Error::BareLf),
            _ => Err(Error::Control),
        }
    }
}

/// A place in a head. They fit: no head is longer than its limit, which is a `u32`.
pub(crate) fn offset(place: usize) -> u32 {
    u32::try_from(place).expect("a place within the limit")
}

/// One bit in each byte, and the highest one.
const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

/// The place of the first control character but HTAB at or behind `from`.
///
/// Eight bytes at a time: `byte - 0x20` borrows where a byte is below 0x20, and `byte ^ 0x7f` is
/// zero where it is DEL. A borrow may reach the bytes above, so only the lowest hit is certain.
#[inline]
fn find_control(input: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some((word, _)) = input.get(at..).and_then(<[u8]>::split_first_chunk) {
        let word = u64::from_le_bytes(*word);
        let delete = word ^ (LOW * 0x7f);
        let below = word.wrapping_sub(LOW * 0x20) & !word;
        let hits = (below | delete.wrapping_sub(LOW) & !delete) & HIGH;
        if hits == 0 {
            at += 8;
            continue;
        }
        at += hits.trailing_zeros() as usize / 8;
        if input[at] != b'\t' {
            return Some(at);
        }
        at += 1;
    }
    let is_control = |&byte: &u8| byte.is_ascii_control() && byte != b'\t';
    let rest = input.get(at..)?;
    rest.iter().position(is_control).map(|found| at + found)
}

#[cfg(test)]
mod tests;
