//! The suite, put to the solution.
use sol07_5_half_a_character as subject;
#[path = "../../../../../exercises/07-websocket/5-half-a-character/tests/check/suite.rs"]
mod suite;
