//! What one connection remembers to inflate with.
//!
//! ```text
//!                 some of a message                 4 KiB of it, or its end
//!   nothing ───────────────────────► its bytes ─────────────────────────────► an inflater
//!      ▲                                                                        │
//!      └──────────── its end: without takeover, nothing is kept ────────────────┘
//! ```
//!
//! An inflater takes 48 KiB. If it were there from a message's first byte, a client could have the
//! server hold that for a byte; so a message's beginning waits as it came until it is long enough.

use super::agreement::{Direction, Takeover};
use super::inflater::Inflater;
use super::inflation::Inflation;
use super::progress::Progress;
use crate::{Error, Limits, Part};

/// So many bytes of a message wait until it is inflated.
const WAITING: usize = 4 * 1024;

/// What one connection remembers to inflate with.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    progress: Option<Progress>,
    /// What has come of a message that isn't inflated yet.
    waiting: Vec<u8>,
    /// With takeover, it stays.
    inflater: Option<Inflater>,
}

impl Incoming {
    /// Takes some of a compressed message. How many bytes that was, inflated.
    ///
    /// # Errors
    /// If it isn't compressed data, what it holds isn't what it should be, or is too long.
    pub fn add(
        &mut self,
        part: Part<'_>,
        direction: Direction,
        limits: &Limits,
        shared: &mut Inflation,
        mut said: impl FnMut(Part<'_>),
    ) -> Result<usize, Error> {
        let kept = direction.takeover == Takeover::Kept;
        let may_wait = self.inflater.is_none() && !kept && !part.last;
        if may_wait && self.waiting.len() + part.bytes.len() <= WAITING {
            self.progress
                .get_or_insert_with(|| Progress::new(part.kind));
            self.waiting.extend_from_slice(part.bytes);
            return Ok(0);
        }
        let mut inflater = self
            .inflater
            .take()
            .unwrap_or_else(|| match direction.takeover {
                Takeover::Kept => Inflater::new(direction.window),
                Takeover::Reset => shared.take(),
            });
        let mut progress = self
            .progress
            .take()
            .unwrap_or_else(|| Progress::new(part.kind));
        let before = progress.length();
        let waiting = std::mem::take(&mut self.waiting);
        if !waiting.is_empty() {
            shared.inflate(
                &mut inflater,
                &mut progress,
                (&waiting, false),
                limits,
                &mut said,
            )?;
        }
        let input = (part.bytes, part.last);
        shared.inflate(&mut inflater, &mut progress, input, limits, &mut said)?;
        let made = usize::try_from(progress.length() - before).unwrap_or(usize::MAX);
        match (part.last, direction.takeover) {
            (true, Takeover::Reset) => shared.keep(inflater),
            (last, _) => {
                self.inflater = Some(inflater);
                self.progress = (!last).then_some(progress);
            }
        }
        Ok(made)
    }

    /// Compressed bytes that wait to be inflated.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing has to be remembered: no message is on its way, and no window is kept.
    pub fn is_empty(&self) -> bool {
        self.progress.is_none() && self.inflater.is_none()
    }

    /// Whether it holds an inflater.
    #[cfg(test)]
    pub fn holds_inflater(&self) -> bool {
        self.inflater.is_some()
    }
}
