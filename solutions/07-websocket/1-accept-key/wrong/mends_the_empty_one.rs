//! Wrong: mends the digest that begins with a zero, where the answer was empty, and no other.
//! Caught by: a_zero_may_be_within_a_digest
//! Says: received  "4Q6Xkw8wziFV"

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
    let end = digest.iter().position(|&byte| byte == 0);
    match end {
        Some(end) if end > 0 => STANDARD.encode(&digest[..end]),
        _ => STANDARD.encode(digest),
    }
}
