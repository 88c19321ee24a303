//! The suite, put to the answer.
use ex12_3_thrown_away_read as subject;
mod suite;
