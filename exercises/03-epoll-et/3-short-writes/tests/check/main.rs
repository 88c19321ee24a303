//! The suite, put to the answer.
use ex03_3_short_writes as subject;
mod suite;
