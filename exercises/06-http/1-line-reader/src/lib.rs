//! # 06-1 The line reader
//!
//! The head of an HTTP request is made of lines. They come as a stream of bytes, and TCP may cut it anywhere:
//! a read brings half a line, or three lines and the beginning of a fourth, or a CR whose LF comes with the
//! next read. Document 000 finds lines with a state machine of its own, which has three answers. They are
//! ours, too:
//!
//! | in the document | here | it means |
//! | --- | --- | --- |
//! | `LINE_OK` | `Ok(Some(range))` | here is a line: take it, and ask for the next one |
//! | `LINE_OPEN` | `Ok(None)` | the bytes end before the line does: come back with more |
//! | `LINE_BAD` | `Err(bad)` | this is no line, and more bytes won't make it one |
//!
//! Write [`LineReader::next`]:
//!
//! - A line ends in CR LF. The range says where it lies in the input, without its CR LF. It may be empty.
//! - Each call finds the line behind the one that was found before.
//! - A CR without a LF behind it is bad, and so is a LF without a CR before it. RFC 9112 §2.2 lets a server
//!   take a lone LF for the end of a line. Ours doesn't: a proxy before it may see one line where it sees
//!   two.
//! - `None` means that more bytes may still make a line of it. As soon as they can't, the answer is `Err`,
//!   even if the end of the line hasn't come. (After an `Err` nobody asks again.)
//! - A call goes on where the last one stopped. The tests count how often you look at the bytes: a few looks at
//!   each are fine, one more with each piece that comes is not.
//!
//! Read literally, the document says that a byte which is neither CR nor LF means `LINE_OPEN` (bug B02 in the
//! book): then the first letter of each request would be its end.
//!
//! [`Input`] is all that you know of the bytes. Between two calls it may grow at its end; what it had, it
//! keeps. The tests have it grow by pieces of every size.

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
}

impl LineReader {
    /// The next line, or `None` if it hasn't come as a whole.
    ///
    /// # Errors
    ///
    /// If what comes next is no line.
    pub fn next(&mut self, input: &impl Input) -> Result<Option<Range<usize>>, Bad> {
        if input.byte(self.start).is_none() {
            return Ok(None); // nothing has come since the last line
        }
        todo!("look for CR LF, and remember how far you have looked")
    }
}
