//! Deflating: a message's bytes in, compressed bytes out.

use std::fmt;

use flate2::{Compress, Compression, FlushCompress};

use super::inflater::TAIL;
use super::window::Window;

/// Deflates the messages of one side.
pub struct Deflater {
    zlib: Compress,
}

impl Deflater {
    /// For messages that point back no further than `window`. It compresses as fast as it can.
    #[must_use]
    pub fn new(window: Window) -> Self {
        Self {
            zlib: Compress::new_with_window_bits(Compression::fast(), false, window.bits()),
        }
    }

    /// Forgets what has been deflated: what comes next doesn't refer to it.
    pub fn reset(&mut self) {
        self.zlib.reset();
    }

    // ANCHOR: deflate
    /// Appends the compressed `bytes` to `out`: all of them, whether or not the message ends with
    /// them. The empty block that ends the last ones is left out (RFC 7692 §7.2.1).
    pub fn deflate(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
        if bytes.is_empty() {
            out.push(0); // what is left of an empty block (RFC 7692 §7.2.3.6): zlib writes none twice
            return;
        }
        let mut rest = bytes;
        loop {
            out.reserve(rest.len() + rest.len() / 8 + 64); // more than it can take
            let before = self.zlib.total_in();
            // It has no errors for input that is there and output that has room.
            let _ = self.zlib.compress_vec(rest, out, FlushCompress::Sync);
            let used = usize::try_from(self.zlib.total_in() - before).unwrap_or(rest.len());
            rest = &rest[used..];
            if rest.is_empty() && out.len() < out.capacity() {
                break;
            }
        }
        if last && out.ends_with(&TAIL) {
            out.truncate(out.len() - TAIL.len());
        }
    }
    // ANCHOR_END: deflate
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater").finish_non_exhaustive()
    }
}
