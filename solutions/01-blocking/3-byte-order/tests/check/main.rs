//! The suite, put to the solution.
use sol01_3_byte_order as subject;
#[path = "../../../../../exercises/01-blocking/3-byte-order/tests/check/suite.rs"]
mod suite;
