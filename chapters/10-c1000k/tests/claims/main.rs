//! The documents' claims about a million connections, put to the test.
//!
//! Each test is named after the claim that it confirms or corrects (`book/claims/10-c1000k.toml`)
//! and asks the live kernel through the calls themselves.

mod limits;
