//! The suite, put to the answer.
use ex06_1_line_reader as subject;
mod suite;
