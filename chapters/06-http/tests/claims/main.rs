//! The documents' claims about HTTP, put to the test.
//!
//! Each test is named after the claim or bug that it confirms or corrects
//! (`book/claims/06-http.toml`). What the kernel decides is asked of the kernel, through the calls
//! themselves; what the RFCs decide, of this chapter's parser, or of a client's.

mod answers;
mod files;
mod lengths;
mod lines;
mod mapping;
mod streams;
