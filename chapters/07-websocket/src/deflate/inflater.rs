//! Inflating: compressed bytes in, a message's bytes out, piece by piece.

use std::fmt;

use flate2::{Decompress, FlushDecompress, Status};

use super::window::Window;
use crate::Error;

/// What ends the compressed bytes of a message and isn't sent: an empty block, with which the
/// sender flushes (RFC 7692 §7.2.1, §7.2.2).
pub(super) const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// Bytes of a piece.
pub(super) const PIECE: usize = 16 * 1024;

/// Inflates the messages of one side.
pub struct Inflater {
    zlib: Decompress,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// What comes next belongs to a block.
    Within,
    /// The last block of a stream has ended, and nothing has come since. A sender may use such
    /// blocks (RFC 7692 §7.2.3.4); what follows is a new stream.
    Ended,
}

impl Inflater {
    /// For messages that point back no further than `window`.
    #[must_use]
    pub fn new(window: Window) -> Self {
        Self {
            zlib: Decompress::new_with_window_bits(false, window.bits()),
            state: State::Within,
        }
    }

    /// Forgets what has been inflated: the next message may not refer to it.
    pub fn reset(&mut self) {
        self.zlib.reset(false);
        self.state = State::Within;
    }

    // ANCHOR: inflate
    /// Inflates `input`, and with `last` what ends a message, through `piece`: `full` is called each
    /// time when that is full. How much of `piece` is filled in the end.
    ///
    /// # Errors
    /// If this isn't compressed data, and whatever `full` says.
    pub fn inflate(
        &mut self,
        input: &[u8],
        last: bool,
        piece: &mut [u8],
        mut full: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let mut filled = self.run(input, piece, 0, &mut full)?;
        if last && self.state == State::Within {
            filled = self.run(&TAIL, piece, filled, &mut full)?;
        }
        Ok(filled)
    }

    fn run(
        &mut self,
        mut input: &[u8],
        piece: &mut [u8],
        mut filled: usize,
        full: &mut impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        loop {
            if self.state == State::Ended && !input.is_empty() {
                self.reset();
            }
            let (before, room) = (
                (self.zlib.total_in(), self.zlib.total_out()),
                &mut piece[filled..],
            );
            let status = self.zlib.decompress(input, room, FlushDecompress::None);
            let status = status.map_err(|_| Error::Compression)?;
            let used = usize::try_from(self.zlib.total_in() - before.0).unwrap_or(usize::MAX);
            let made = usize::try_from(self.zlib.total_out() - before.1).unwrap_or(usize::MAX);
            input = &input[used..];
            filled += made;
            if status == Status::StreamEnd {
                self.state = State::Ended;
            }
            if filled == piece.len() {
                full(piece)?;
                filled = 0; // and there may be more in the inflater
            } else if input.is_empty() {
                return Ok(filled);
            } else if used == 0 && made == 0 {
                return Err(Error::Compression); // it doesn't go on
            }
        }
    }
    // ANCHOR_END: inflate
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
