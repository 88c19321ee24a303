//! The suite, put to the answer.
use ex07_5_half_a_character as subject;
mod suite;
