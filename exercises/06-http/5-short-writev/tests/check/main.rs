//! The suite, put to the answer.
use ex06_5_short_writev as subject;
mod suite;
