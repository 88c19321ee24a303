//! A queue of bytes: filled at the back, consumed from the front, and never moved for it.

use std::ops::{Deref, DerefMut};

/// Bytes that were received and not yet parsed, or queued and not yet sent.
///
/// ```text
///            consume(n) ──►│            │◄── extend(bytes)
/// ┌────────────────────────┬────────────┬───────────────────┐
/// │       headroom         │   unread   │       space       │
/// └────────────────────────┴────────────┴───────────────────┘
/// 0                      start         end        bytes.len()
/// ```
///
/// It dereferences to its unread bytes, mutably too, so that a protocol may rewrite them in place
/// (WebSocket unmasks its payload there). All of `bytes` is initialised once; from then on a read
/// overwrites its space, and clearing costs nothing.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    /// An empty buffer that holds no memory.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            end: 0,
        }
    }

    /// Appends `bytes`.
    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) {
        let end = self.end + bytes.len();
        if let Some(space) = self.bytes.get_mut(self.end..end) {
            space.copy_from_slice(bytes);
            self.end = end;
        } else {
            self.make_space(bytes.len());
            self.extend(bytes);
        }
    }

    /// Drops the first `count` unread bytes.
    ///
    /// # Panics
    /// If fewer than `count` bytes are unread: the caller has parsed bytes that aren't there.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        assert!(
            count <= self.len(),
            "consumed {count} of {} bytes",
            self.len()
        );
        self.start += count;
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Consumes the first `count` unread bytes and lends them out once more: they may be rewritten
    /// where they lie, and stay there until the buffer is next added to.
    ///
    /// # Panics
    /// If fewer than `count` bytes are unread.
    #[inline]
    pub fn take(&mut self, count: usize) -> &mut [u8] {
        let start = self.start;
        self.consume(count);
        &mut self.bytes[start..start + count]
    }

    /// Drops all unread bytes and keeps the memory for more.
    pub fn clear(&mut self) {
        self.start = 0;
        self.end = 0;
    }

    /// Bytes of memory behind this buffer.
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// How many bytes are unread.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether no byte is unread.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// An empty buffer with `size` bytes of memory.
    pub(crate) fn with_size(size: usize) -> Self {
        Self {
            bytes: vec![0; size],
            start: 0,
            end: 0,
        }
    }

    /// Puts `bytes` before the unread ones, and tells whether the headroom sufficed.
    pub(crate) fn prepend(&mut self, bytes: &[u8]) -> bool {
        let Some(start) = self.start.checked_sub(bytes.len()) else {
            return false;
        };
        self.bytes[start..self.start].copy_from_slice(bytes);
        self.start = start;
        true
    }

    /// `size` bytes of the memory behind the first `headroom` bytes, for a read to fill. If it
    /// brings something, [`Self::filled`] follows; nothing else may be unread then.
    ///
    /// # Panics
    /// If the buffer has less memory than both need.
    #[inline]
    pub(crate) fn space(&mut self, headroom: usize, size: usize) -> &mut [u8] {
        &mut self.bytes[headroom..][..size]
    }

    /// All of the memory, to be written over.
    pub(crate) fn all(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// The first `count` bytes of that space are unread now.
    #[inline]
    pub(crate) fn filled(&mut self, headroom: usize, count: usize) {
        self.start = headroom;
        self.end = headroom + count;
    }

    /// Makes space for `count` more bytes.
    ///
    /// The unread bytes move to the front only once at least as many have been consumed before
    /// them; otherwise the memory doubles. So a byte moves once or twice in its life, however
    /// long the queue is.
    #[cold]
    #[inline(never)]
    fn make_space(&mut self, count: usize) {
        let unread = self.len();
        if self.start < unread || self.bytes.len() - unread < count {
            let size = (unread + count).max(2 * unread);
            let mut grown = Vec::with_capacity(size);
            grown.extend_from_slice(self);
            grown.resize(size, 0);
            self.bytes = grown;
        } else {
            self.bytes.copy_within(self.start..self.end, 0);
        }
        self.start = 0;
        self.end = unread;
    }
}

impl Deref for Buffer {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..self.end]
    }
}

impl From<Vec<u8>> for Buffer {
    /// These bytes, in the memory that they are in.
    fn from(bytes: Vec<u8>) -> Self {
        let end = bytes.len();
        Self {
            bytes,
            start: 0,
            end,
        }
    }
}

impl From<&[u8]> for Buffer {
    /// A copy of these bytes, without spare memory.
    fn from(bytes: &[u8]) -> Self {
        Self::from(bytes.to_vec())
    }
}

#[cfg(test)]
mod tests;
