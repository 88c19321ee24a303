//! The suite, put to the answer.
use ex12_2_join_all as subject;
mod suite;
