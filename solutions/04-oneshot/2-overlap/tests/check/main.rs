//! The suite, put to the solution.
use sol04_2_overlap as subject;
#[path = "../../../../../exercises/04-oneshot/2-overlap/tests/check/suite.rs"]
mod suite;
