//! The suite, put to the answer.
use ex05_3_moving_deadlines as subject;
mod suite;
