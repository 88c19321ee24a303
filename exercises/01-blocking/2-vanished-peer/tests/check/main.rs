//! The suite, put to the answer.
use ex01_2_vanished_peer as subject;
mod suite;
