//! The time of the turn: read at most once, however many callbacks ask.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

/// Counts nanoseconds since the machine began, or so. In 64 bits, they last for 584 years.
#[derive(Debug)]
pub(crate) struct Clock {
    now: Option<u64>,
}

impl Clock {
    pub fn new() -> Self {
        Self { now: None }
    }

    /// The time, as it was when somebody first asked since [`Self::forget`].
    #[inline]
    pub fn now(&mut self) -> u64 {
        *self.now.get_or_insert_with(monotonic)
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

/// The time on a clock that nobody sets (`clock_gettime(2)`). `Instant` reads the same one, and
/// takes five times as long to make a number of it; a turn of the loop is short.
fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("every Linux has this clock");
    let (seconds, nanos) = (now.tv_sec().cast_unsigned(), now.tv_nsec().cast_unsigned());
    seconds * 1_000_000_000 + nanos
}

/// `duration` in nanoseconds, at most `u64::MAX`.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
