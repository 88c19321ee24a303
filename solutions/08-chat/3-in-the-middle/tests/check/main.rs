//! The suite, put to the solution.
use sol08_3_in_the_middle as subject;
#[path = "../../../../../exercises/08-chat/3-in-the-middle/tests/check/suite.rs"]
mod suite;
