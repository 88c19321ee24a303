//! # 07-2 A frame cut anywhere
//!
//! Behind the handshake, a WebSocket sends frames (RFC 6455 §5.2). This is one that comes from a client:
//!
//! ```text
//!    byte 0             byte 1               bytes 2 …
//!   ┌───┬───┬───────┐  ┌──────┬──────────┐  ┌───────────────┬─────────┬───────────────┐
//!   │FIN│RSV│opcode │  │ MASK │ length   │  │ longer length │ key     │ payload       │
//!   │ 1 │ 3 │ 4 bits│  │  1   │ 7 bits   │  │ 0, 2, 8 bytes │ 4 bytes │ as many bytes │
//!   └───┴───┴───────┘  └──────┴──────────┘  └───────────────┴─────────┴───────────────┘
//! ```
//!
//! A length up to 125 stands in its seven bits. 126 there means that it is in the next 2 bytes, and 127 that it
//! is in the next 8, both with the highest byte first. The payload is masked: its byte `i` was combined with byte
//! `i % 4` of the key by XOR, and by the same again it becomes what it was.
//!
//! The servers of documents 002 and 003 take what one `recv` brings for one frame, and believe its length
//! (bugs B73, B86 and B87). Two frames in one segment get one answer, a frame in two segments gets two, and one
//! that announces 125 bytes and has 4 is answered with 125, of which 121 are whatever lay there.
//!
//! Write [`Decoder::feed`]. You get some bytes, and return the frames that they complete:
//!
//! - All bytes are used. However they are cut, even within the header, the frames are the same. A piece may have
//!   many frames in it, and the beginning of another.
//! - A frame is told as soon as its last byte has come, and not with the first byte of the next one. The last
//!   byte may be that of the key: a payload may have no bytes at all.
//! - A frame without a mask is refused, [`Bad::Unmasked`], and one whose length is more than [`LIMIT`] bytes,
//!   [`Bad::TooLong`]. Both are known from the header, so they are refused before the payload comes: with byte 1,
//!   and with the last byte of the length. Nobody asks again after that.
//! - A length may be anything that 8 bytes can say. Don't trust it, and don't compute with it before you have
//!   compared it with `LIMIT`.
//!
//! What `Decoder` has in it is up to you. RSV and opcode are not looked at here; 07-3 asks whether a length was in
//! its shortest form, and 07-4 makes messages of frames.

/// A frame of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// FIN: a message ends with it.
    pub last: bool,
    /// What it is, from 0 to 15.
    pub opcode: u8,
    /// Its payload, without the mask.
    pub payload: Vec<u8>,
}

/// Why something is no frame for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// A client has to mask its frames.
    Unmasked,
    /// It is longer than [`LIMIT`].
    TooLong,
}

/// The longest payload that we take, in bytes.
pub const LIMIT: u64 = 100_000;

/// Reads frames in whatever pieces they come.
#[derive(Debug, Default)]
pub struct Decoder {
    // yours
}

impl Decoder {
    /// The frames that `bytes` complete, behind all the bytes that were fed before.
    ///
    /// # Errors
    ///
    /// If there is one among them that we don't take.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Frame>, Bad> {
        if bytes.is_empty() {
            return Ok(Vec::new());
        }
        todo!("keep what is no whole frame, and return those that are")
    }
}
