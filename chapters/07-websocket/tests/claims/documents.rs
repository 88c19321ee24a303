//! What the documents' programs make of what they receive: their mistakes, made again in safe Rust.
//!
//! Where a program in C reads or writes outside an array, these panic.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ch07_websocket::Mask;
use sha1::{Digest, Sha1};

/// RFC 6455 §1.3
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The digest that answers a key (RFC 6455 §4.2.2).
pub fn digest(key: &str) -> [u8; 20] {
    sha1(&[key, GUID])
}

/// The digest of these texts, one behind the other.
pub fn sha1(texts: &[&str]) -> [u8; 20] {
    Sha1::digest(texts.concat()).into()
}

// ANCHOR: programs
/// What `strlen` says of these bytes and a zero behind them.
pub fn strlen(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|&byte| byte == 0);
    end.unwrap_or(bytes.len())
}

/// The accept key of both programs: the digest is taken for a string.
pub fn accept_key(key: &str) -> String {
    let digest = digest(key);
    STANDARD.encode(&digest[..strlen(&digest)])
}

/// The key that both programs find in a request: from the twentieth byte on of the first line that
/// has its name somewhere.
pub fn key(request: &str) -> Option<&str> {
    let mut lines = request.split("\r\n");
    let line = lines.find(|line| line.contains("Sec-WebSocket-Key"))?;
    Some(&line[19..])
}

/// What document 003 answers to what one `recv` has brought: the echo of a text, it hopes.
pub fn echo_003(received: &[u8]) -> Vec<u8> {
    let mut buffer = [0; 1024];
    buffer[..received.len()].copy_from_slice(received);
    let [_, second, a, b, c, d, rest @ ..] = &mut buffer;
    let short = *second & 0x7f;
    let payload = &mut rest[..usize::from(short)];
    Mask::new([*a, *b, *c, *d]).apply(payload);
    let length = if short < 126 { short } else { 0 };
    [&[0x81, length], &*payload].concat()
}

/// What document 002 answers to that: four letters, or all of it.
pub fn answer_002(received: &[u8]) -> Vec<u8> {
    let mut buffer = received.to_vec();
    if buffer[1] & 0x7f < 126 {
        buffer.fill(0);
        buffer[..4].copy_from_slice(b"00ok");
    }
    buffer
}
// ANCHOR_END: programs
