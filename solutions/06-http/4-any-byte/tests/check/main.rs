//! The suite, put to the solution.
use sol06_4_any_byte as subject;
#[path = "../../../../../exercises/06-http/4-any-byte/tests/check/suite.rs"]
mod suite;
