//! The suite, put to the solution.
use sol06_6_not_modified as subject;
#[path = "../../../../../exercises/06-http/6-not-modified/tests/check/suite.rs"]
mod suite;
