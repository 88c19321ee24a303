//! The time of the turn: read at most once, however many callbacks ask.

use std::time::Duration;

use nix::sys::epoll::EpollTimeout;
use nix::time::{ClockId, clock_gettime};

/// Counts nanoseconds on `CLOCK_MONOTONIC`, which began when the machine did. In 64 bits, they last
/// for 584 years.
#[derive(Debug)]
pub(crate) struct Clock {
    now: Option<u64>,
}

impl Clock {
    pub fn new() -> Self {
        Self { now: None }
    }

    /// The time, as it was at the first question since [`Self::forget`].
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

/// The time on a clock that is never set (`clock_gettime(2)`). `Instant` reads the same one, and
/// takes five times as long to make a number of it; a turn of the loop is short.
fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("every Linux has this clock");
    let (seconds, nanos) = (now.tv_sec().cast_unsigned(), now.tv_nsec().cast_unsigned());
    seconds * 1_000_000_000 + nanos
}

/// `duration` in nanoseconds, at most `u64::MAX`.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

// ANCHOR: until
/// How long epoll may sleep at `now` so as to wake no earlier than `due`: whole milliseconds,
/// rounded up. Rounded down, the last part of each wait would be spent awake, asking again.
pub(crate) fn until(due: u64, now: u64) -> EpollTimeout {
    let millis = due.saturating_sub(now).div_ceil(1_000_000);
    EpollTimeout::try_from(millis).unwrap_or(EpollTimeout::MAX)
}
// ANCHOR_END: until

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_rounded_up_to_whole_milliseconds() {
        for (nanos, millis) in [(0, 0), (1, 1), (300_000, 1), (1_000_000, 1), (1_000_001, 2)] {
            assert_eq!(i32::from(until(5 + nanos, 5)), millis, "{nanos} ns");
        }
        assert_eq!(i32::from(until(5, 9)), 0, "a deadline that has passed");
    }
}
