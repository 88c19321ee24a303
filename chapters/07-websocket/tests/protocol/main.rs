//! Frames by the thousand, valid and broken, made up here or found by the fuzzer.
//!
//! A million of them: `PROPTEST_CASES=1000000 cargo test --release -p ch07-websocket --test protocol`.

mod checks;
mod corpus;
mod generated;
mod others;
