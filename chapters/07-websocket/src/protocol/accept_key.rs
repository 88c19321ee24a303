//! The accept key: how a server shows that it has understood the opening handshake.
//!
//! ```text
//!   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==              16 bytes chosen by chance, in base64
//!                      │
//!      the text itself │ + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11
//!                      ▼
//!                 SHA-1 ──► 20 bytes ──► base64
//!                                        │
//!   Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
//! ```
//!
//! It keeps no secret: any program can compute it. It shows that the other side speaks WebSocket, and
//! neither an HTTP server that was talked into an answer nor a cache that had one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// A value that no protocol but this one uses (RFC 6455 §1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The `Sec-WebSocket-Accept` that answers `key`, the value of a `Sec-WebSocket-Key` (RFC 6455
/// §4.2.2).
///
/// The digest is 20 bytes, whichever they are: one in thirteen has a zero byte, at which a C
/// program that takes it for a string would stop.
///
/// ```
/// let accept = ch07_websocket::accept_key(b"dGhlIHNhbXBsZSBub25jZQ==");
/// assert_eq!(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// ```
#[must_use]
// ANCHOR: accept_key
pub fn accept_key(key: &[u8]) -> String {
    let digest = Sha1::new().chain_update(key).chain_update(GUID).finalize();
    STANDARD.encode(digest)
}
// ANCHOR_END: accept_key

#[cfg(test)]
mod tests {
    use super::accept_key;

    #[test]
    fn the_example_of_the_rfc_is_answered_as_there() {
        assert_eq!(
            accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }

    #[test]
    fn a_digest_with_a_zero_byte_is_encoded_to_its_end() {
        assert_eq!(
            accept_key(b"kxISb6XwGcBo3w/lJZFQmw=="),
            "4Q6Xkw8wziFVACjPo6aXrkef6uA="
        );
    }
}
