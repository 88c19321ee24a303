//! The suite, put to the solution.
use sol05_1_callbacks as subject;
#[path = "../../../../../exercises/05-reactor/1-callbacks/tests/check/suite.rs"]
mod suite;
