//! The suite, put to the solution.
use sol02_5_bytes_for_slots as subject;
#[path = "../../../../../exercises/02-epoll-lt/5-bytes-for-slots/tests/check/suite.rs"]
mod suite;
