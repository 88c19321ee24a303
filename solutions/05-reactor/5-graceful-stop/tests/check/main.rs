//! The suite, put to the solution.
use sol05_5_graceful_stop as subject;
#[path = "../../../../../exercises/05-reactor/5-graceful-stop/tests/check/suite.rs"]
mod suite;
