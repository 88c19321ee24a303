//! The suite, put to the answer.
use ex02_4_empty_branch as subject;
mod suite;
