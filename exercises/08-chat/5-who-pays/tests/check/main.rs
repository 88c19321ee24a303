//! The suite, put to the answer.
use ex08_5_who_pays as subject;
mod suite;
