//! The suite, put to the solution.
use sol04_3_re_arm as subject;
#[path = "../../../../../exercises/04-oneshot/3-re-arm/tests/check/suite.rs"]
mod suite;
