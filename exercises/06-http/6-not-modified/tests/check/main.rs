//! The suite, put to the answer.
use ex06_6_not_modified as subject;
mod suite;
