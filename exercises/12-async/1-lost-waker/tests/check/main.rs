//! The suite, put to the answer.
use ex12_1_lost_waker as subject;
mod suite;
