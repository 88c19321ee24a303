//! # 10-1 What a closed loop hides
//!
//! Users come at a rate: one each `interval`, whether or not the one before has its answer. A load generator with one
//! connection can't send the next request before the last is answered. So a request may be *due* before it is *sent*, and
//! its user has waited since it was due.
//!
//! [`latencies`] is such a generator, with a server that is given as a list: how long it takes for each request. It reports far too
//! little, and so do the functions that make percentiles of it. Find what is wrong, and mend it:
//!
//! - Request number *i*, counted from 0, is due at *i* × `interval`, however long any answer takes. It is sent at once if the
//!   connection is free, or else when the request before is answered.
//! - Its latency counts from when it was due until it is answered.
//! - [`percentile`]: the least of the latencies that at least so many thousandths of all are not above. Of 100
//!   values, p99 is the 99th, and p100 the largest. Of none, it is `None`.
//! - [`percentile_of_all`] is the percentile of what all threads have measured together.

/// The latency of each request, in microseconds. `took` is how long the server takes for each, from when it is sent.
#[must_use]
pub fn latencies(interval: u64, took: &[u64]) -> Vec<u64> {
    let mut latencies = Vec::new();
    let (mut due, mut free) = (0, 0);
    for took in took {
        let sent = u64::max(due, free);
        free = sent + took;
        latencies.push(free - sent);
        due = sent + interval;
    }
    latencies
}

/// The latency that at least `thousandths` of all are not above, from 0 to 1,000.
#[must_use]
pub fn percentile(latencies: &[u64], thousandths: usize) -> Option<u64> {
    let mut sorted = latencies.to_vec();
    sorted.sort_unstable();
    let index = sorted.len() * thousandths / 1000;
    sorted.get(index).or(sorted.last()).copied()
}

/// The same, of the latencies of several threads.
#[must_use]
pub fn percentile_of_all(threads: &[Vec<u64>], thousandths: usize) -> Option<u64> {
    let each = threads
        .iter()
        .filter_map(|latencies| percentile(latencies, thousandths));
    let each: Vec<u64> = each.collect();
    let count = u64::try_from(each.len()).ok()?;
    each.iter().sum::<u64>().checked_div(count)
}
