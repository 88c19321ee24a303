//! Wrong: takes zeros at the end for something that fills the digest up.
//! Caught by: a_digest_may_end_with_a_zero
//! Says: received  "59PoYbSCLGItszQ+tZ7lHbyd2g=="
//! Says: nothing that fills it up

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
    let end = digest.iter().rposition(|&byte| byte != 0);
    STANDARD.encode(&digest[..end.map_or(0, |end| end + 1)])
}
