//! The suite, put to the solution.
use sol07_1_accept_key as subject;
#[path = "../../../../../exercises/07-websocket/1-accept-key/tests/check/suite.rs"]
mod suite;
