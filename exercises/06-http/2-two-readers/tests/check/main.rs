//! The suite, put to the answer.
use ex06_2_two_readers as subject;
mod suite;
