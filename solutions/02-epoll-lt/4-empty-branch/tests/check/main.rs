//! The suite, put to the solution.
use sol02_4_empty_branch as subject;
#[path = "../../../../../exercises/02-epoll-lt/4-empty-branch/tests/check/suite.rs"]
mod suite;
