//! The suite, put to the answer.
use ex07_2_cut_frame as subject;
mod suite;
