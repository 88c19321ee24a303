//! The suite, put to the solution.
use sol06_7_not_modified as subject;
#[path = "../../../../../exercises/06-http/7-not-modified/tests/check/suite.rs"]
mod suite;
