//! Servers as lists of times.

use crate::subject::{latencies, percentile, percentile_of_all};

const BOOK: &str = "10-c1000k.html#a-load-that-does-not-lie";

#[test]
fn a_quick_server_is_never_late() {
    check_latencies(
        &[100; 5],
        &[100; 5],
        "Each answer is back before the next request is due: nothing waits, and the latency is what the server takes.",
    );
}

#[test]
fn one_late_answer_makes_the_next_ones_late() {
    check_latencies(
        &[100, 5000, 100, 100, 100, 100, 100, 100],
        &[100, 5000, 4100, 3200, 2300, 1400, 500, 100],
        "Request 1 takes 5 ms. The next four are due meanwhile, one each millisecond: their users have waited since then, \
         not since the connection was free.",
    );
}

#[test]
fn a_server_that_is_too_slow_falls_behind_for_good() {
    check_latencies(
        &[2000; 5],
        &[2000, 3000, 4000, 5000, 6000],
        "A request is due each millisecond, and the server needs two for each. The schedule doesn't wait for it: each \
         user waits a millisecond longer than the one before.",
    );
}

#[test]
fn a_percentile_is_the_least_that_is_enough() {
    let hundred: Vec<u64> = (1..=100).rev().collect();
    let cases = [
        (hundred.clone(), 500, Some(50)),
        (hundred.clone(), 990, Some(99)),
        (hundred.clone(), 991, Some(100)),
        (hundred.clone(), 1000, Some(100)),
        (hundred, 0, Some(1)),
        (vec![7], 990, Some(7)),
        (vec![3, 1, 2], 500, Some(2)),
    ];
    for (values, thousandths, expected) in cases {
        let found = harness::call(|| percentile(&values, thousandths));
        assert!(
            found == expected,
            "asked     {thousandths} thousandths of {} values\nexpected  {expected:?}\nreceived  {found:?}\n\
             it means  Sort them, and count from 1: the value at that share of their number, rounded up. With 100 values, \
             p99 is the 99th, and 99.1 % needs the 100th.\nread      book: {BOOK}",
            values.len()
        );
    }
}

#[test]
fn of_nothing_there_is_no_percentile() {
    let found = harness::call(|| (percentile(&[], 990), percentile_of_all(&[], 990)));
    assert!(
        found == (None, None),
        "asked     990 thousandths of no values\nexpected  None\nreceived  {found:?}\n\
         it means  Nothing was measured, so there is nothing to tell.\nread      book: {BOOK}"
    );
}

#[test]
fn two_threads_have_one_percentile_together() {
    // The slow one has measured less, as it always does: its requests take longer.
    let threads = vec![vec![100; 999], vec![9000]];
    for (thousandths, expected) in [(500, 100), (999, 100), (1000, 9000)] {
        let found = harness::call(|| percentile_of_all(&threads, thousandths));
        assert!(
            found == Some(expected),
            "asked     {thousandths} thousandths of 999 × 100 µs and 1 × 9000 µs, in two threads\nexpected  {expected}\n\
             received  {found:?}\nit means  999 of 1,000 answers took 100 µs. A mean of two percentiles, or the worse of \
             them, is a percentile of nothing.\nread      book: {BOOK}"
        );
    }
}

/// One request each millisecond, to a server that takes so long for each.
#[track_caller]
fn check_latencies(took: &[u64], expected: &[u64], means: &str) {
    let found = harness::call(|| latencies(1000, took));
    assert!(
        found == expected,
        "served    {took:?} µs\nexpected  {expected:?}\nreceived  {found:?}\nit means  {means}\nread      book: {BOOK}"
    );
}
