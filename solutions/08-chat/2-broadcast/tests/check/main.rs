//! The suite, put to the solution.
use sol08_2_broadcast as subject;
#[path = "../../../../../exercises/08-chat/2-broadcast/tests/check/suite.rs"]
mod suite;
