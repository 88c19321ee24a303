//! The suite, put to the answer.
use ex06_4_short_writev as subject;
mod suite;
