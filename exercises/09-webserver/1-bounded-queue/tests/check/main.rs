//! The suite, put to the answer.
use ex09_1_bounded_queue as subject;
mod suite;
