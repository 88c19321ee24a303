//! The suite, put to the solution.
use sol06_2_content_length as subject;
#[path = "../../../../../exercises/06-http/2-content-length/tests/check/suite.rs"]
mod suite;
