//! The suite, put to the answer.
use ex08_4_end_of_a_pipe as subject;
mod suite;
