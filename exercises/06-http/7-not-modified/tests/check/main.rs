//! The suite, put to the answer.
use ex06_7_not_modified as subject;
mod suite;
