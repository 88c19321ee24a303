//! The suite, put to the solution.
use sol03_3_short_writes as subject;
#[path = "../../../../../exercises/03-epoll-et/3-short-writes/tests/check/suite.rs"]
mod suite;
