//! The suite, put to the answer.
use ex06_5_beneath as subject;
mod suite;
