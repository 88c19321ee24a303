//! The suite, put to the answer.
use ex05_5_graceful_stop as subject;
mod suite;
