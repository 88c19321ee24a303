//! When to try again: after 1 s, 2 s, 4 s … 30 s.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_secs(1);
/// A server that has been restarted is found again within this time.
const LONGEST: Duration = Duration::from_secs(30);

/// The waiting between two tries. It doubles, so that a server that comes up isn't met by all of its
/// clients at once, again and again.
#[derive(Debug)]
pub struct Retry {
    pause: Duration,
    at: Option<Instant>,
}

impl Retry {
    /// No try is due, and the first pause is the shortest.
    #[must_use]
    pub fn new() -> Self {
        Self {
            pause: FIRST,
            at: None,
        }
    }

    /// Plans the next try; returns how long it is until then.
    pub fn plan(&mut self) -> Duration {
        let pause = self.pause;
        self.at = Some(Instant::now() + pause);
        self.pause = LONGEST.min(pause * 2);
        pause
    }

    /// How long it is until the planned try, if there is one.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.at
            .map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// Whether the planned try is due; if so, it isn't planned any more.
    pub fn is_due(&mut self) -> bool {
        let due = self
            .remaining()
            .is_some_and(|remaining| remaining.is_zero());
        if due {
            self.at = None;
        }
        due
    }
}
