//! The suite, put to the solution.
use sol03_4_fair_turns as subject;
#[path = "../../../../../exercises/03-epoll-et/4-fair-turns/tests/check/suite.rs"]
mod suite;
