//! Wrong: takes the 16 bytes that the key stands for.
//! Caught by: the_example_of_the_rfc_is_answered_as_there
//! Says: The text of the key as it came

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// What is put behind each key (RFC 6455 §1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`.
#[must_use]
pub fn accept(key: &str) -> String {
    let key = STANDARD.decode(key).unwrap_or_default();
    let digest = Sha1::digest([&key, GUID.as_bytes()].concat());
    // All of it: what its bytes are says nothing about where it ends.
    STANDARD.encode(digest)
}
