//! The suite, put to the solution.
use sol07_6_closing_handshake as subject;
#[path = "../../../../../exercises/07-websocket/6-closing-handshake/tests/check/suite.rs"]
mod suite;
