//! The suite, put to the answer.
use ex02_5_bytes_for_slots as subject;
mod suite;
