//! The suite, put to the answer.
use ex03_1_drain_on_accept as subject;
mod suite;
