//! Bodies: as many bytes as were announced, or chunks until an empty one.
//!
//! A body is passed on as it comes, piece by piece. Nothing here holds it, so its length costs no
//! memory.

use super::chunked::Chunked;
use super::piece::{Piece, take};
use crate::{Error, Framing, Limits};

/// A body on its way (RFC 9112 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body(State);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// So many bytes are to come.
    Length(u64),
    Chunked(Chunked),
}

impl Body {
    /// The body that a head has announced.
    ///
    /// # Errors
    /// [`Error::BodyTooLarge`] if it is longer than the limit. A chunked one says so later.
    pub fn new(framing: Framing, limits: &Limits) -> Result<Self, Error> {
        match framing {
            Framing::None => Ok(Self(State::Length(0))),
            Framing::Length(length) if length > limits.body => Err(Error::BodyTooLarge),
            Framing::Length(length) => Ok(Self(State::Length(length))),
            Framing::Chunked => Ok(Self(State::Chunked(Chunked::new(limits)))),
        }
    }

    /// The next piece of the body at the front of `input`, and how many bytes of `input` are done
    /// with: the caller drops these. `None` if more bytes are needed.
    ///
    /// Pieces depend on how the input came; what they make together doesn't. Framing is dropped
    /// with the piece after it, so at most a chunk's first line, or the trailer section, waits in
    /// the input. Trailer fields are checked and forgotten.
    ///
    /// # Errors
    /// What is wrong with it: chunks that can't be read, or a limit that is exceeded.
    // ANCHOR: next
    pub fn next<'a>(
        &mut self,
        input: &'a [u8],
        limits: &Limits,
    ) -> Result<Option<(Piece<'a>, usize)>, Error> {
        match &mut self.0 {
            State::Length(0) => Ok(Some((Piece::End, 0))),
            State::Length(_) if input.is_empty() => Ok(None),
            State::Length(left) => {
                let (data, rest) = take(input, *left);
                *left = rest;
                Ok(Some((Piece::Data(data), data.len())))
            }
            State::Chunked(chunked) => {
                let piece = chunked.next(input, limits)?;
                if let Some((Piece::End, _)) = piece {
                    self.0 = State::Length(0);
                }
                Ok(piece)
            }
        }
    }
    // ANCHOR_END: next
}

#[cfg(test)]
mod tests;
