//! The suite, put to the solution.
use sol12_2_join_all as subject;
#[path = "../../../../../exercises/12-async/2-join-all/tests/check/suite.rs"]
mod suite;
