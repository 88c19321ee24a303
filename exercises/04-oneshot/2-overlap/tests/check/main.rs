//! The suite, put to the answer.
use ex04_2_overlap as subject;
mod suite;
