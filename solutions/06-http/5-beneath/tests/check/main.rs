//! The suite, put to the solution.
use sol06_5_beneath as subject;
#[path = "../../../../../exercises/06-http/5-beneath/tests/check/suite.rs"]
mod suite;
