//! The suite, put to the solution.
use sol12_3_thrown_away_read as subject;
#[path = "../../../../../exercises/12-async/3-thrown-away-read/tests/check/suite.rs"]
mod suite;
