//! The suite, put to the answer.
use ex06_4_any_byte as subject;
mod suite;
