//! A long queue of bytes, in chunks: it grows without being moved, and shrinks as it is sent.

use std::collections::VecDeque;

/// Bytes of a chunk.
const CHUNK: usize = 64 * 1024;
/// A chunk that begins with fewer bytes grows as they come.
const FEW: usize = 4 * 1024;
/// How many chunks are kept: 4 MiB.
const SPARES: usize = 64;

/// A queue of bytes.
///
/// One buffer for all of them would have to be copied each time it gets too small, and a long copy
/// is a time in which no other connection is served.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    chunks: VecDeque<Vec<u8>>,
    length: usize,
}

impl Chunks {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// How many bytes of memory there are, about.
    pub fn held(&self) -> usize {
        if self.length < FEW {
            2 * self.length
        } else {
            self.chunks.len() * CHUNK
        }
    }

    /// Appends `bytes`, to new chunks out of `spare` where they are needed.
    pub fn extend(&mut self, mut bytes: &[u8], spare: &mut Spare) {
        self.length += bytes.len();
        while !bytes.is_empty() {
            let Some(chunk) = self.chunks.back_mut().filter(|chunk| chunk.len() < CHUNK) else {
                self.chunks.push_back(spare.take(bytes.len()));
                continue;
            };
            let (first, rest) = bytes.split_at(bytes.len().min(CHUNK - chunk.len()));
            chunk.extend_from_slice(first);
            bytes = rest;
        }
    }

    /// Some bytes at the front, which stay there.
    pub fn front(&self) -> &[u8] {
        self.chunks.front().map_or(&[], Vec::as_slice)
    }

    /// Takes some bytes from the front.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let chunk = self.chunks.pop_front()?;
        self.length -= chunk.len();
        Some(chunk)
    }
}

/// Chunks that have been sent, for the next messages that need some.
///
/// Memory that the process has given back is zeroed by the kernel before it comes again, page by
/// page, each at a fault of its own: of a message of 64 KiB, that took a third of the time.
#[derive(Debug, Default)]
pub(super) struct Spare(Vec<Vec<u8>>);

impl Spare {
    /// A chunk for `length` bytes or more: a small one, if they are few and none is at hand.
    fn take(&mut self, length: usize) -> Vec<u8> {
        let size = if length < FEW { 0 } else { CHUNK };
        self.0.pop().unwrap_or_else(|| Vec::with_capacity(size))
    }

    /// Keeps `chunk`, unless there are enough.
    pub fn keep(&mut self, mut chunk: Vec<u8>) {
        if self.0.len() < SPARES && chunk.capacity() >= CHUNK {
            chunk.clear();
            self.0.push(chunk);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, Chunks, Spare};

    #[test]
    fn what_is_taken_is_what_was_added_however_that_was_cut() {
        let bytes: Vec<u8> = (0..251).collect::<Vec<_>>().repeat(2000);
        for piece in [1000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let (mut chunks, mut spare) = (Chunks::default(), Spare::default());
            for part in bytes.chunks(piece) {
                chunks.extend(part, &mut spare);
            }
            assert_eq!(chunks.len(), bytes.len());
            let mut taken = Vec::new();
            while let Some(chunk) = chunks.take() {
                assert!((1..=CHUNK).contains(&chunk.len()));
                taken.extend(chunk);
                assert_eq!(chunks.len(), bytes.len() - taken.len());
            }
            assert!(taken == bytes, "in pieces of {piece}");
        }
    }

    #[test]
    fn many_small_pieces_share_a_chunk() {
        let (mut chunks, mut spare) = (Chunks::default(), Spare::default());
        for _ in 0..CHUNK {
            chunks.extend(b"x", &mut spare);
        }
        assert_eq!(chunks.chunks.len(), 1);
        chunks.extend(b"", &mut spare);
        assert_eq!(chunks.chunks.len(), 1);
    }
}
