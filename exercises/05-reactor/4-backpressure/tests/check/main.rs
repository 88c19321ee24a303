//! The suite, put to the answer.
use ex05_4_backpressure as subject;
mod suite;
