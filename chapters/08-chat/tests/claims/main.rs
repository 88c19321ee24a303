//! Document 004's claims about a chat room and its client, put to the test.
//!
//! Each test is named after the claim or bug that it confirms or corrects
//! (`book/claims/08-chat.toml`). What the kernel decides is asked of the kernel, through the calls
//! themselves.

mod broadcast;
mod keyboard;
mod pipes;
