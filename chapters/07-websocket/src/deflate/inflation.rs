//! What all connections share to inflate with.

use super::inflater::{Inflater, PIECE};
use super::progress::Progress;
use super::window::Window;
use crate::{Error, Limits, Part};

/// Inflaters that are kept for the next messages.
const SPARES: usize = 8;

/// Inflaters for messages without takeover, and the place where their pieces lie.
#[derive(Debug)]
pub struct Inflation {
    spares: Vec<Inflater>,
    piece: Box<[u8]>,
}

impl Default for Inflation {
    fn default() -> Self {
        Self {
            spares: Vec::new(),
            piece: vec![0; PIECE].into(),
        }
    }
}

impl Inflation {
    /// An inflater that knows nothing, for any window.
    pub(super) fn take(&mut self) -> Inflater {
        self.spares
            .pop()
            .unwrap_or_else(|| Inflater::new(Window::LARGEST))
    }

    /// A message has ended that was inflated with this one.
    pub(super) fn keep(&mut self, mut inflater: Inflater) {
        if self.spares.len() < SPARES {
            inflater.reset();
            self.spares.push(inflater);
        }
    }

    /// Inflates with `inflater` what comes next of a message.
    pub(super) fn inflate(
        &mut self,
        inflater: &mut Inflater,
        progress: &mut Progress,
        input: (&[u8], bool),
        limits: &Limits,
        said: impl FnMut(Part<'_>),
    ) -> Result<(), Error> {
        progress.inflate(inflater, input, limits, &mut self.piece, said)
    }
}
