//! The suite, put to the answer.
use ex01_1_accept_loop as subject;
mod suite;
