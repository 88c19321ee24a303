//! The suite, put to the solution.
use sol02_1_nonblocking_flag as subject;
#[path = "../../../../../exercises/02-epoll-lt/1-nonblocking-flag/tests/check/suite.rs"]
mod suite;
