//! The suite, put to the solution.
use sol09_2_stale_answer as subject;
#[path = "../../../../../exercises/09-webserver/2-stale-answer/tests/check/suite.rs"]
mod suite;
