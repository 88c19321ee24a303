//! The suite, put to the answer.
use ex04_1_count_wakeups as subject;
mod suite;
