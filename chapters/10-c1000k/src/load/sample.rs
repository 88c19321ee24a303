//! What a loop of the generator reports.

use hdrhistogram::Histogram;

/// The longest time that is told apart, in nanoseconds: ten minutes.
const LONGEST: u64 = 600_000_000_000;

/// What has happened since the last sample, and some sums since the start.
#[derive(Debug, Clone)]
pub struct Sample {
    /// How long each answer took, in nanoseconds, to three digits.
    pub latencies: Histogram<u64>,
    /// Connections that have been served, since the start.
    pub opened: u64,
    /// Connections that the server has closed, since the start.
    pub closed: u64,
    /// What was said to all: so many have heard all of it, since the start.
    pub told: u64,
    /// Attempts to connect that have failed, since the start.
    pub failed: u64,
}

impl Sample {
    /// Nothing has happened.
    ///
    /// # Panics
    /// Never: the bounds are right.
    #[must_use]
    pub fn new() -> Self {
        Self {
            latencies: Histogram::new_with_bounds(1, LONGEST, 3).expect("1 < LONGEST, 3 digits"),
            opened: 0,
            closed: 0,
            told: 0,
            failed: 0,
        }
    }

    /// Adds that of another loop.
    pub fn add(&mut self, other: &Self) {
        // Both have the same bounds.
        let _ = self.latencies.add(&other.latencies);
        self.opened += other.opened;
        self.closed += other.closed;
        self.told += other.told;
        self.failed += other.failed;
    }

    /// The time within which this share of the answers were back, in microseconds; 0.5 is the median.
    #[must_use]
    pub fn micros(&self, share: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let nanos = self.latencies.value_at_quantile(share) as f64;
        nanos / 1000.0
    }
}

impl Default for Sample {
    fn default() -> Self {
        Self::new()
    }
}
