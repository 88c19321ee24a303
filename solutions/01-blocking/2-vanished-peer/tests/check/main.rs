//! The suite, put to the solution.
use sol01_2_vanished_peer as subject;
#[path = "../../../../../exercises/01-blocking/2-vanished-peer/tests/check/suite.rs"]
mod suite;
