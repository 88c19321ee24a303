//! The suite, put to the answer.
use ex08_3_in_the_middle as subject;
mod suite;
