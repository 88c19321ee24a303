//! The suite, put to the answer.
use ex06_3_any_byte as subject;
mod suite;
