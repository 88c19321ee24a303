//! The suite, put to the answer.
use ex07_4_ping_between as subject;
mod suite;
