//! The suite, put to the solution.
use sol06_2_two_readers as subject;
#[path = "../../../../../exercises/06-http/2-two-readers/tests/check/suite.rs"]
mod suite;
