//! The documents' claims about reactors, put to the test.
//!
//! Each test is named after the claim that it confirms or corrects (`book/claims/05-reactor.toml`)
//! and asks the live kernel through the calls themselves.

mod keepalive;
#[expect(dead_code, reason = "chapter 01 uses what isn't used here")]
#[path = "../../../01-blocking/tests/claims/kernel.rs"]
mod kernel;
mod room;
mod setup;
mod stale;
mod turns;
