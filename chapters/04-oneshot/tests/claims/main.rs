//! The documents' claims about EPOLLONESHOT and threads, put to the test.
//!
//! Each test is named after the claim that it confirms or corrects (`book/claims/04-oneshot.toml`)
//! and asks the live kernel through the calls themselves.

mod arming;
mod sharing;
