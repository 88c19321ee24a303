//! The suite, put to the answer.
use ex04_3_re_arm as subject;
mod suite;
