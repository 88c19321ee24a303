//! Wrong: has the base64 of URLs.
//! Caught by: the_answer_has_the_usual_alphabet
//! Says: received  "zHvIvfZhRPElD_lHGA-sNuVAMqg="
//! Says: Base64 has several alphabets

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use sha1::{Digest, Sha1};

/// What is put behind each key (RFC 6455 §1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`.
#[must_use]
pub fn accept(key: &str) -> String {
    // The key goes in as the text that came, and not as the 16 bytes that it stands for.
    let digest = Sha1::digest(format!("{key}{GUID}"));
    // All of it: what its bytes are says nothing about where it ends.
    URL_SAFE.encode(digest)
}
