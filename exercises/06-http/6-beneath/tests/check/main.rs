//! The suite, put to the answer.
use ex06_6_beneath as subject;
mod suite;
