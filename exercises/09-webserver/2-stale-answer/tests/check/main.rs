//! The suite, put to the answer.
use ex09_2_stale_answer as subject;
mod suite;
