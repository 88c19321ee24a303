//! The suite, put to the solution.
use sol06_6_beneath as subject;
#[path = "../../../../../exercises/06-http/6-beneath/tests/check/suite.rs"]
mod suite;
