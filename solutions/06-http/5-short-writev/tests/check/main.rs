//! The suite, put to the solution.
use sol06_5_short_writev as subject;
#[path = "../../../../../exercises/06-http/5-short-writev/tests/check/suite.rs"]
mod suite;
