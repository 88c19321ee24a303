//! The documents' claims about WebSocket, put to the test.
//!
//! Each test is named after the claim or bug that it confirms or corrects
//! (`book/claims/07-websocket.toml`). What the documents' programs do is done again here, in
//! [`documents`]; what comes of it is asked of this chapter's decoder, and of another
//! implementation.

mod documents;
mod frames;
mod keys;
mod lengths;
mod masks;
mod peers;
mod requests;
mod streams;
