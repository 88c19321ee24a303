//! The documents' claims about nonblocking sockets, select, poll and epoll, put to the test.
//!
//! Each test is named after the claim that it confirms or corrects (`book/claims/02-epoll-lt.toml`)
//! and asks the live kernel through the calls themselves.

mod calls;
mod flags;
mod level;
mod many;
mod nonblocking;
mod sizes;
