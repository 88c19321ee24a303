//! The suite, put to the answer.
use ex03_2_data_and_fin as subject;
mod suite;
