//! The suite, put to the answer.
use ex02_2_three_answers as subject;
mod suite;
