//! The suite, put to the solution.
use sol03_1_drain_on_accept as subject;
#[path = "../../../../../exercises/03-epoll-et/1-drain-on-accept/tests/check/suite.rs"]
mod suite;
