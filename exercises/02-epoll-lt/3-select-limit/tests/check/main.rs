//! The suite, put to the answer.
use ex02_3_select_limit as subject;
mod suite;
