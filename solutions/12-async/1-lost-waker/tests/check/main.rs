//! The suite, put to the solution.
use sol12_1_lost_waker as subject;
#[path = "../../../../../exercises/12-async/1-lost-waker/tests/check/suite.rs"]
mod suite;
