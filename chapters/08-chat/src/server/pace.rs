//! The pace: how much one member may say, so that others can read.
//!
//! A line is paid for with a tenth of a second, and if it makes more than 1,111 bytes for others to read,
//! with 90 microseconds for each of them. A member may owe two seconds: twenty lines at once, and then
//! ten a second.
//!
//! ```text
//!   now          a line      20 lines      may not go on        may
//!   ├──────────────┼────────────┼───────────────┤
//!   paid          +0.1 s       +2 s        paid - now ≤ 1.9 s
//! ```
//!
//! Nothing that was said is lost. A member that is too fast isn't read for a while, and TCP makes
//! the sender wait.

use std::time::Duration;

/// What a line costs.
const LINE: Duration = Duration::from_millis(100);

/// What a byte costs at least.
const BYTE: Duration = Duration::from_micros(90);

/// What may be owed.
const CREDIT: Duration = Duration::from_secs(2);

/// How far one member has paid.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// All lines are paid for at this time.
    paid: Duration,
    told: Told,
}

/// Whether the member knows why nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Told {
    #[default]
    No,
    Yes,
}

impl Pace {
    /// How long to wait at `now` until there may be another line; `None` if there may be one.
    #[must_use]
    // ANCHOR: wait
    pub fn wait(&self, now: Duration) -> Option<Duration> {
        let wait = (self.paid + LINE).saturating_sub(now + CREDIT);
        (wait > Duration::ZERO).then_some(wait)
    }
    // ANCHOR_END: wait

    /// There is a line at `now`, which makes so many bytes.
    pub fn spend(&mut self, now: Duration, bytes: usize) {
        if self.paid <= now {
            self.paid = now;
            self.told = Told::No; // all is paid: what was told is long ago
        }
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.paid += BYTE.saturating_mul(bytes).max(LINE);
    }

    /// Whether the member has to be told now: once, until all is paid.
    pub fn tell(&mut self) -> bool {
        std::mem::replace(&mut self.told, Told::Yes) == Told::No
    }
}

#[cfg(test)]
mod tests {
    use super::{CREDIT, LINE, Pace};
    use std::time::Duration;

    const NOW: Duration = Duration::from_secs(1000);

    /// Lines that go through at `now`.
    fn speak(pace: &mut Pace, now: Duration) -> usize {
        let mut lines = 0;
        while pace.wait(now).is_none() {
            pace.spend(now, 200);
            lines += 1;
        }
        lines
    }

    #[test]
    fn twenty_lines_may_come_at_once() {
        assert_eq!(speak(&mut Pace::default(), NOW), 20);
    }

    #[test]
    fn from_then_on_there_are_ten_a_second() {
        let mut pace = Pace::default();
        speak(&mut pace, NOW);
        for second in 1..10 {
            assert_eq!(speak(&mut pace, NOW + Duration::from_secs(second)), 10);
        }
    }

    #[test]
    fn the_wait_is_as_long_as_it_has_to_be() {
        let mut pace = Pace::default();
        speak(&mut pace, NOW);
        let wait = pace.wait(NOW).expect("a wait");
        assert_eq!(wait, LINE);
        assert!(pace.wait(NOW + wait).is_none());
        let almost = wait.saturating_sub(Duration::from_nanos(1));
        assert!(pace.wait(NOW + almost).is_some());
    }

    #[test]
    fn who_has_been_silent_has_no_more_than_the_credit() {
        let mut pace = Pace::default();
        speak(&mut pace, NOW);
        assert_eq!(speak(&mut pace, NOW + Duration::from_hours(1)), 20);
    }

    #[test]
    fn a_long_line_costs_what_it_makes_others_read() {
        let mut pace = Pace::default();
        let mut bytes = 0;
        while pace.wait(NOW).is_none() {
            pace.spend(NOW, 2000);
            bytes += 2000;
        }
        assert_eq!(bytes, 22_000, "no more than twenty lines");
    }

    #[test]
    fn who_is_too_fast_is_told_once_until_all_is_paid() {
        let mut pace = Pace::default();
        speak(&mut pace, NOW);
        assert!(pace.tell());
        assert!(!pace.tell());
        speak(&mut pace, NOW + LINE);
        assert!(!pace.tell());
        speak(&mut pace, NOW + 2 * CREDIT);
        assert!(pace.tell());
    }
}
