//! The suite, put to the solution.
use sol04_4_stranded_client as subject;
#[path = "../../../../../exercises/04-oneshot/4-stranded-client/tests/check/suite.rs"]
mod suite;
