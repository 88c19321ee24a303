//! The suite, put to the solution.
use sol06_1_line_reader as subject;
#[path = "../../../../../exercises/06-http/1-line-reader/tests/check/suite.rs"]
mod suite;
