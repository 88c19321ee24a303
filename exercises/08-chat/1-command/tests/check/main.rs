//! The suite, put to the answer.
use ex08_1_command as subject;
mod suite;
