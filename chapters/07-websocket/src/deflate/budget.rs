//! The memory that windows may take which go on from one message to the next.
//!
//! Without takeover a connection needs none between two messages. With it, it holds two: one to
//! inflate with, and one to deflate with, and the second is much larger than its window.

use super::agreement::{Agreement, Direction, Takeover};
use super::window::Window;

/// What the connections of a server hold to compress with, from one message to the next.
#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    held: usize,
}

impl Budget {
    /// They may hold `limit` bytes together.
    pub const fn new(limit: usize) -> Self {
        Self { limit, held: 0 }
    }

    /// How many bytes are promised to connections.
    pub const fn held(&self) -> usize {
        self.held
    }

    /// Whether there is room for what a server holds by `agreement`.
    pub fn has_room(&self, agreement: Agreement) -> bool {
        self.held + cost(agreement) <= self.limit
    }

    /// A connection holds what it needs by `agreement`, whether it has used it yet or not.
    pub fn take(&mut self, agreement: Agreement) {
        self.held += cost(agreement);
    }

    /// That connection is gone.
    pub fn give_back(&mut self, agreement: Agreement) {
        self.held -= cost(agreement);
    }
}

/// Bytes that a server holds between two messages, by `agreement`: as measured, and a little more.
fn cost(agreement: Agreement) -> usize {
    let kept = |direction: Direction, cost: fn(Window) -> usize| match direction.takeover {
        Takeover::Kept => cost(direction.window),
        Takeover::Reset => 0,
    };
    kept(agreement.server, deflater) + kept(agreement.client, inflater)
}

/// zlib-rs keeps a deflater's window twice, with two bytes a place to chain equal hashes, and
/// besides 240 KiB for hashes and symbols, whatever the window.
pub(super) fn deflater(window: Window) -> usize {
    246 * 1024 + (4 << window.bits())
}

/// An inflater's window, and its tables.
pub(super) fn inflater(window: Window) -> usize {
    16 * 1024 + (1 << window.bits())
}
