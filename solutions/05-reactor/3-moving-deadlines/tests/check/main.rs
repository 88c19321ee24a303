//! The suite, put to the solution.
use sol05_3_moving_deadlines as subject;
#[path = "../../../../../exercises/05-reactor/3-moving-deadlines/tests/check/suite.rs"]
mod suite;
