//! The suite, put to the answer.
use ex05_1_callbacks as subject;
mod suite;
