//! The suite, put to the answer.
use ex01_4_backlog as subject;
mod suite;
