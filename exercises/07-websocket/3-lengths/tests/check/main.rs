//! The suite, put to the answer.
use ex07_3_lengths as subject;
mod suite;
