//! The suite, put to the answer.
use ex01_3_byte_order as subject;
mod suite;
