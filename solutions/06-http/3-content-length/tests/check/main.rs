//! The suite, put to the solution.
use sol06_3_content_length as subject;
#[path = "../../../../../exercises/06-http/3-content-length/tests/check/suite.rs"]
mod suite;
