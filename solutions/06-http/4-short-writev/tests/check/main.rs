//! The suite, put to the solution.
use sol06_4_short_writev as subject;
#[path = "../../../../../exercises/06-http/4-short-writev/tests/check/suite.rs"]
mod suite;
