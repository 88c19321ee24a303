//! The suite, put to the solution.
use sol08_5_who_pays as subject;
#[path = "../../../../../exercises/08-chat/5-who-pays/tests/check/suite.rs"]
mod suite;
