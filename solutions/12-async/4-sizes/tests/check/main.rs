//! The suite, put to the solution.
use sol12_4_sizes as subject;
#[path = "../../../../../exercises/12-async/4-sizes/tests/check/suite.rs"]
mod suite;
