//! A schedule knows nothing of answers: request number *i* is due at *i* × `interval`, and its user waits from then on. All
//! that a slow answer does to those after it is in the difference between due and sent; a generator that counts from when it
//! sends, or moves the schedule, throws that away.
//!
//! A percentile can't be computed from percentiles. Either all values are kept, or a histogram of them: histograms can be
//! added.

/// The latency of each request, in microseconds. `took` is how long the server takes for each, from when it is sent.
#[must_use]
pub fn latencies(interval: u64, took: &[u64]) -> Vec<u64> {
    let mut latencies = Vec::new();
    let (mut due, mut free) = (0, 0);
    for took in took {
        let sent = u64::max(due, free);
        free = sent + took;
        latencies.push(free - due);
        due += interval;
    }
    latencies
}

/// The latency that at least `thousandths` of all are not above, from 0 to 1,000.
#[must_use]
pub fn percentile(latencies: &[u64], thousandths: usize) -> Option<u64> {
    let mut sorted = latencies.to_vec();
    sorted.sort_unstable();
    // Counted from 1, and rounded up: less would not be enough.
    let rank = (sorted.len() * thousandths).div_ceil(1000).max(1);
    sorted.get(rank - 1).copied()
}

/// The same, of the latencies of several threads.
#[must_use]
pub fn percentile_of_all(threads: &[Vec<u64>], thousandths: usize) -> Option<u64> {
    percentile(&threads.concat(), thousandths)
}
