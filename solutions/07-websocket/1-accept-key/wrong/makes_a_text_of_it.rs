//! Wrong: makes a text of the digest, so that it has a length.
//! Caught by: the_example_of_the_rfc_is_answered_as_there
//! Says: base64 of its 20 bytes

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
    STANDARD.encode(String::from_utf8_lossy(&digest).as_bytes())
}
