//! The suite, put to the solution.
use sol09_1_bounded_queue as subject;
#[path = "../../../../../exercises/09-webserver/1-bounded-queue/tests/check/suite.rs"]
mod suite;
