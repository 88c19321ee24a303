//! The suite, put to the answer.
use ex06_3_content_length as subject;
mod suite;
