//! The suite, put to the solution.
use sol03_2_data_and_fin as subject;
#[path = "../../../../../exercises/03-epoll-et/2-data-and-fin/tests/check/suite.rs"]
mod suite;
