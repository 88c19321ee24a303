//! Streams that proptest makes up.
//!
//! How many, the variable `WORKBOOK_CASES` says. A case that fails is made smaller, and its seed kept
//! beside the test's source (`NAME.regressions`), to be tried first from then on. The seed brings back
//! what is sent and in which steps, but not the kernel's and the scheduler's part in it; so a seed
//! that passes shows nothing, and a case that fails once has failed.

use std::env;
use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestCaseError, TestRunner};

use crate::stream::{Pace, Step};

/// How many cases a chapter has if nobody asks for more.
const CASES: u32 = 100;

/// A case that fails is made smaller in so many attempts, and in so long, at most.
const ATTEMPTS: u32 = 500;
const LONG_ENOUGH: u32 = 20_000; // ms

/// How many cases a chapter is tried with, in all its tests.
///
/// # Panics
///
/// If `WORKBOOK_CASES` is no number.
#[must_use]
pub fn cases() -> u32 {
    env::var("WORKBOOK_CASES").map_or(CASES, |cases| {
        cases.parse().expect("WORKBOOK_CASES is a number")
    })
}

/// Tries `test` with `number` cases; `source` is the test's `file!()`.
///
/// # Panics
///
/// If it fails: with the smallest case for which it does, and why.
pub fn try_out<S: Strategy>(
    source: &'static str,
    number: u32,
    cases: &S,
    test: impl Fn(S::Value) -> Result<(), String>,
) where
    S::Value: Debug,
{
    let config = ProptestConfig {
        cases: number,
        max_shrink_iters: ATTEMPTS,
        max_shrink_time: LONG_ENOUGH,
        source_file: Some(source),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(cases, |case| test(case).map_err(TestCaseError::fail));
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Sizes from 1 to `most`, as many small as large ones.
pub fn size(most: usize) -> impl Strategy<Value = usize> {
    let bits = most.ilog2();
    (0..=bits, any::<usize>()).prop_map(move |(bits, rest)| {
        let lowest = 1 << bits;
        (lowest + rest % lowest).min(most)
    })
}

fn step() -> impl Strategy<Value = Step> {
    let bytes = || size(300_000);
    prop_oneof![
        5 => bytes().prop_map(Step::Send),
        2 => bytes().prop_map(Step::SendAtOnce),
        4 => bytes().prop_map(Step::Read),
        2 => Just(Step::UntilRead),
        2 => Just(Step::UntilAnswered),
        2 => Just(Step::UntilAsleep),
    ]
}

/// Any pace.
pub fn pace() -> impl Strategy<Value = Pace> {
    let send = prop_oneof![1 => Just(usize::MAX), 1 => size(200_000)];
    let read = size(128 * 1024).prop_map(|bytes| bytes.max(256));
    let buffer = || prop_oneof![2 => Just(None), 1 => size(256 * 1024).prop_map(|bytes| Some(bytes.max(4096)))];
    let steps = vec(step(), 0..12);
    (steps, send, read, buffer(), buffer()).prop_map(|(steps, send, read, receive, out)| Pace {
        steps,
        send,
        read,
        receive_buffer: receive,
        send_buffer: out,
    })
}
