//! The suite, put to the solution.
use sol05_4_backpressure as subject;
#[path = "../../../../../exercises/05-reactor/4-backpressure/tests/check/suite.rs"]
mod suite;
