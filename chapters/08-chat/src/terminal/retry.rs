//! When to try again: after 1 s, 2 s, 4 s … 30 s.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
/// A server that has been restarted is found again within this time.
const LONGEST: Duration = Duration::from_secs(30);

/// The pauses between tries. They double, so that a server that comes up isn't met by all of its
/// clients at once, again and again.
#[derive(Debug)]
pub struct Retry {
    pause: Duration,
}

impl Retry {
    /// The first pause is the shortest.
    #[must_use]
    pub fn new() -> Self {
        Self { pause: FIRST }
    }

    /// How long to wait before the next try.
    pub fn next(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = LONGEST.min(pause * 2);
        pause
    }
}
