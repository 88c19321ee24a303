//! The suite, put to the answer.
use ex07_1_accept_key as subject;
mod suite;
