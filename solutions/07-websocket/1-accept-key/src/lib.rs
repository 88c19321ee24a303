//! A digest is no text. It is 20 bytes, each of which may be anything, 0 as well: that one of them is 0 happens
//! to 1 − (255/256)²⁰ of all keys, which is one in thirteen. `strlen` takes the first 0 for the end. In C, where
//! no 0 stands behind the digest, it may also run on beyond it.
//!
//! Rust's slices know how long they are, and so the length needs no function. What is wrong comes back by
//! another door, if somebody makes a `String` or a `CStr` of what is bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// What is put behind each key (RFC 6455 §1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`.
#[must_use]
pub fn accept(key: &str) -> String {
    // The key goes in as the text that came, and not as the 16 bytes that it stands for.
    let digest = Sha1::digest(format!("{key}{GUID}"));
    // All of it: what its bytes are says nothing about where it ends.
    STANDARD.encode(digest)
}
