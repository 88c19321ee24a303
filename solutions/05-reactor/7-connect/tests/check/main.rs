//! The suite, put to the solution.
use sol05_7_connect as subject;
#[path = "../../../../../exercises/05-reactor/7-connect/tests/check/suite.rs"]
mod suite;
