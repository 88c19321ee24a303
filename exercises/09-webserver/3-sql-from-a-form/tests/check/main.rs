//! The suite, put to the answer.
use ex09_3_sql_from_a_form as subject;
mod suite;
