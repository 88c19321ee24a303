//! # 07-1 One handshake in thirteen
//!
//! A WebSocket begins as a request of HTTP. The client sends a key of its own making, and the server shows that
//! it has understood by an answer that is made from that key (RFC 6455 §4.2.2):
//!
//! ```text
//!   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
//!                      │
//!      the text itself │ + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11
//!                      ▼
//!                 SHA-1 ──► 20 bytes ──► base64
//!                                        │
//!   Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
//! ```
//!
//! [`accept`] does that as documents 002 and 003 do it. It is right for the example of the RFC, and for the next
//! keys that you try. But of 1,500 handshakes with the server of document 002, 122 failed: the client had the
//! right answer for its key, the server sent a shorter one, and the browser closed with an error that says
//! nothing. So it goes with one key in thirteen (bugs B64 and B82).
//!
//! Find out what is different with these keys, and mend it. The tests try keys whose digest is of that kind at
//! its front, in the middle and at its end, and a thousand others. The answer is base64 with the alphabet of
//! RFC 4648 §4 and its padding, as [`STANDARD`] has it.
//!
//! The server of document 002 is written in C. This is its code with the types of Rust: nothing outside of a
//! slice is read, but what is wrong is wrong here, too. Read: `strlen(3)`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// What is put behind each key (RFC 6455 §1.3).
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key`.
#[must_use]
pub fn accept(key: &str) -> String {
    let digest = Sha1::digest(format!("{key}{GUID}"));
    let length = strlen(&digest);
    STANDARD.encode(&digest[..length])
}

/// How long the text in `bytes` is.
fn strlen(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|&byte| byte == b'\0');
    end.unwrap_or(bytes.len())
}
