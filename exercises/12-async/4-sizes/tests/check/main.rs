//! The suite, put to the answer.
use ex12_4_sizes as subject;
mod suite;
