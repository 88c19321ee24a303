//! The suite, put to the solution.
use sol05_6_lost_edge as subject;
#[path = "../../../../../exercises/05-reactor/6-lost-edge/tests/check/suite.rs"]
mod suite;
