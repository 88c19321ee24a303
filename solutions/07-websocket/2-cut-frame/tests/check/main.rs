//! The suite, put to the solution.
use sol07_2_cut_frame as subject;
#[path = "../../../../../exercises/07-websocket/2-cut-frame/tests/check/suite.rs"]
mod suite;
