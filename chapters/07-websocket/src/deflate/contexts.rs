//! What one connection remembers of what went through it.

use super::deflater::Deflater;
use super::incoming::Incoming;

/// What one connection remembers of what went through it.
#[derive(Debug, Default)]
pub(crate) struct Contexts {
    pub incoming: Incoming,
    pub deflater: Option<Deflater>,
}

impl Contexts {
    /// Whether there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        self.incoming.is_empty() && self.deflater.is_none()
    }
}
