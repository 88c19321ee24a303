//! The suite, put to the solution.
use sol08_4_end_of_a_pipe as subject;
#[path = "../../../../../exercises/08-chat/4-end-of-a-pipe/tests/check/suite.rs"]
mod suite;
