//! The suite, put to the solution.
use sol10_1_late as subject;
#[path = "../../../../../exercises/10-c1000k/1-late/tests/check/suite.rs"]
mod suite;
