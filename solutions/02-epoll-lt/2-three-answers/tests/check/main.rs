//! The suite, put to the solution.
use sol02_2_three_answers as subject;
#[path = "../../../../../exercises/02-epoll-lt/2-three-answers/tests/check/suite.rs"]
mod suite;
