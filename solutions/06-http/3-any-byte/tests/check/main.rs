//! The suite, put to the solution.
use sol06_3_any_byte as subject;
#[path = "../../../../../exercises/06-http/3-any-byte/tests/check/suite.rs"]
mod suite;
