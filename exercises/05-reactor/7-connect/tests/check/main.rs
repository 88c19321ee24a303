//! The suite, put to the answer.
use ex05_7_connect as subject;
mod suite;
