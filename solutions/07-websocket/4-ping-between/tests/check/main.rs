//! The suite, put to the solution.
use sol07_4_ping_between as subject;
#[path = "../../../../../exercises/07-websocket/4-ping-between/tests/check/suite.rs"]
mod suite;
