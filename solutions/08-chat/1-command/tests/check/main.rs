//! The suite, put to the solution.
use sol08_1_command as subject;
#[path = "../../../../../exercises/08-chat/1-command/tests/check/suite.rs"]
mod suite;
