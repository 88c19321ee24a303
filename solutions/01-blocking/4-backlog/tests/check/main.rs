//! The suite, put to the solution.
use sol01_4_backlog as subject;
#[path = "../../../../../exercises/01-blocking/4-backlog/tests/check/suite.rs"]
mod suite;
