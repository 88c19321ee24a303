//! What must finally happen, as a property: whatever clients send, in whatever pieces, at whatever
//! pace, and whatever the limits are, no connection is forgotten.
//!
//! A [`case::Case`] is a script for some clients and a [`handler::Obedient`] handler. [`run::run`]
//! plays it over real sockets. Whenever all is quiet, it looks for a connection that ought not to be
//! quiet; at the end, every byte that is owed must have arrived, in order.
//!
//! The steps of a script wait for states and never for time, but it is the kernel that decides when
//! a packet arrives: a seed alone doesn't replay a run. So a fault that is found here becomes a plain
//! test as well, as in `tests/reactor/edges.rs`.
//!
//! `WORKBOOK_CASES=20000 cargo test -p ch05-reactor --test liveness` runs more cases than the usual
//! hundred; `WORKBOOK_SEED` repeats the cases of a run.

mod case;
mod client;
mod handler;
mod run;
mod server;

use std::env;
use std::hash::{BuildHasher, RandomState};

use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestRunner};

/// The number in the environment variable `name`.
fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|error| panic!("{name}={text}: {error}")),
    )
}

#[test]
fn no_connection_is_forgotten() {
    let seed = number("WORKBOOK_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    let cases = number("WORKBOOK_CASES").unwrap_or(100);
    let mut runner = TestRunner::new(Config {
        cases: cases
            .try_into()
            .expect("fewer than four thousand million cases"),
        rng_seed: RngSeed::Fixed(seed),
        max_shrink_iters: 500,
        max_shrink_time: 30_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/liveness/found.txt",
        ))),
        ..Config::default()
    });
    if let Err(error) = runner.run(&case::cases(), |case| run::run(&case)) {
        panic!("{error}\nWORKBOOK_SEED={seed} WORKBOOK_CASES={cases} generates these cases again");
    }
}
