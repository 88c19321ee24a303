//! The suite, put to the solution.
use sol05_2_stale_event as subject;
#[path = "../../../../../exercises/05-reactor/2-stale-event/tests/check/suite.rs"]
mod suite;
