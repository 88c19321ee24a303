//! The suite, put to the solution.
use sol01_1_accept_loop as subject;
#[path = "../../../../../exercises/01-blocking/1-accept-loop/tests/check/suite.rs"]
mod suite;
