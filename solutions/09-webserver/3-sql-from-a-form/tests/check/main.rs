//! The suite, put to the solution.
use sol09_3_sql_from_a_form as subject;
#[path = "../../../../../exercises/09-webserver/3-sql-from-a-form/tests/check/suite.rs"]
mod suite;
