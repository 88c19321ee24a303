//! The documents' claims about reactors, put to the test.
//!
//! Each test is named after the claim that it confirms or corrects (`book/claims/05-reactor.toml`)
//! and asks the live kernel through the calls themselves.

mod connecting;
mod keepalive;
mod results;
mod room;
mod stale;
mod turns;
