//! The suite, put to the answer.
use ex02_1_nonblocking_flag as subject;
mod suite;
