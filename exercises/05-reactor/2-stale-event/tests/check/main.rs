//! The suite, put to the answer.
use ex05_2_stale_event as subject;
mod suite;
