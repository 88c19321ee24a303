//! The documents' claims about edge-triggered epoll, put to the test.
//!
//! Each test is named after the claim that it confirms or corrects (`book/claims/03-epoll-et.toml`)
//! and asks the live kernel through the calls themselves.

mod counting;
mod draining;
mod edges;
mod writing;
