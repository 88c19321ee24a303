//! The suite, put to the answer.
use ex03_4_fair_turns as subject;
mod suite;
