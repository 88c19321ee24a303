//! The time of the turn: read at most once, however many callbacks ask.

use std::time::{Duration, Instant};

/// Counts nanoseconds since the reactor began. In 64 bits, they last for 584 years.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    now: Option<u64>,
}

impl Clock {
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            now: None,
        }
    }

    /// The time, as it was when somebody first asked since [`Self::forget`].
    #[inline]
    pub fn now(&mut self) -> u64 {
        *self.now.get_or_insert_with(|| nanos(self.start.elapsed()))
    }

    /// `delay` from now. At least a nanosecond, so that a timer which sets itself again can't
    /// come due in the turn that runs it.
    pub fn after(&mut self, delay: Duration) -> u64 {
        self.now().saturating_add(nanos(delay).max(1))
    }

    /// Time has passed: the next question reads the clock.
    pub fn forget(&mut self) {
        self.now = None;
    }
}

/// `duration` in nanoseconds, at most `u64::MAX`.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
