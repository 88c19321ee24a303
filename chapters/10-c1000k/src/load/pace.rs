//! When something is due, whether or not there is room for it.

/// So many times a second, from a moment on. Times are nanoseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    start: u64,
    /// Nanoseconds from one to the next.
    interval: f64,
    /// How many have been taken.
    taken: u64,
}

impl Pace {
    /// From `start` on, `rate` a second.
    pub fn new(start: u64, rate: f64) -> Self {
        Self {
            start,
            interval: 1e9 / rate,
            taken: 0,
        }
    }

    /// When the next is due. What hasn't been taken stays due at its own time: nothing is skipped.
    pub fn next(&self) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "hours in nanoseconds are below 2^52"
        )]
        let after = (self.taken as f64 * self.interval) as u64;
        self.start + after
    }

    /// The next is taken: when it was due.
    pub fn take(&mut self) -> u64 {
        let due = self.next();
        self.taken += 1;
        due
    }
}
