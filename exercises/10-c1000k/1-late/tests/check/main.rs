//! The suite, put to the answer.
use ex10_1_late as subject;
mod suite;
