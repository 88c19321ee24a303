//! The documents' claims about sockets and TCP, put to the test.
//!
//! Each test is named after the claim that it confirms or corrects (`book/claims/01-blocking.toml`)
//! and asks the live kernel: through the calls themselves, or in `/proc/net/tcp`.

mod accepting;
mod addresses;
mod backlog;
mod gone;
mod reading;
mod setup;
mod states;
