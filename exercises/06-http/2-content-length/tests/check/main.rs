//! The suite, put to the answer.
use ex06_2_content_length as subject;
mod suite;
