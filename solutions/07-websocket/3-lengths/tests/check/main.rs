//! The suite, put to the solution.
use sol07_3_lengths as subject;
#[path = "../../../../../exercises/07-websocket/3-lengths/tests/check/suite.rs"]
mod suite;
