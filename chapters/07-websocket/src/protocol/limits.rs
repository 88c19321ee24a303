//! How much of a message is taken.

/// How much of a message is taken before the connection fails with 1009
/// ([`CloseCode::TOO_BIG`](crate::CloseCode::TOO_BIG)).
///
/// The decoder passes a message on as it comes, so none of these costs memory here. They protect
/// a caller that collects messages, and the time that one message may keep a connection busy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Payload of one frame as it is sent, in bytes. It is known from the frame's header, before its payload.
    pub frame: u64,
    /// All fragments of a message together, in bytes; of a compressed one, once it is inflated.
    pub message: u64,
    /// Frames of a message, the empty ones too: these don't make a message longer.
    pub fragments: u32,
}

impl Limits {
    /// The most that a message within these limits takes compressed, in bytes: what can't be
    /// compressed gets longer, by an eighth at worst.
    #[must_use]
    pub const fn compressed(&self) -> u64 {
        self.message.saturating_add(self.message / 8 + 64)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame: 64 * 1024 * 1024,
            message: 64 * 1024 * 1024,
            fragments: 128 * 1024,
        }
    }
}
