//! The suite, put to the solution.
use sol02_3_select_limit as subject;
#[path = "../../../../../exercises/02-epoll-lt/3-select-limit/tests/check/suite.rs"]
mod suite;
