//! The suite, put to the solution.
use sol04_1_count_wakeups as subject;
#[path = "../../../../../exercises/04-oneshot/1-count-wakeups/tests/check/suite.rs"]
mod suite;
