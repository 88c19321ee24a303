//! The suite, put to the answer.
use ex08_2_broadcast as subject;
mod suite;
