//! The suite, put to the answer.
use ex04_4_stranded_client as subject;
mod suite;
