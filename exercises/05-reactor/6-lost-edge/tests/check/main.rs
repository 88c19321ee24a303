//! The suite, put to the answer.
use ex05_6_lost_edge as subject;
mod suite;
