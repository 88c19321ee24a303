//! What comes back.

use std::ops::Range;

use crate::stream::of;
use crate::words::excerpt;

/// What a client expects of the bytes that come back.
pub trait Expected {
    /// Takes the next bytes.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    fn take(&mut self, bytes: &[u8]) -> Result<(), String>;

    /// Whether all that is expected has come.
    fn is_complete(&self) -> bool;

    /// How far that is, like `12 of 34 bytes`.
    fn progress(&self) -> String;
}

/// Just these bytes.
#[derive(Debug, Clone, Default)]
pub struct Bytes {
    all: Vec<u8>,
    /// Where any byte will do, in order.
    holes: Vec<Range<usize>>,
    came: usize,
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            all: bytes,
            ..Self::default()
        }
    }
}

impl Bytes {
    /// Appends bytes; where `hole` is, any other will do.
    pub fn push(&mut self, bytes: &[u8], hole: Option<Range<usize>>) {
        let start = self.all.len();
        self.all.extend_from_slice(bytes);
        let hole = hole.map(|hole| start + hole.start..start + hole.end);
        self.holes.extend(hole);
    }

    /// The first byte that isn't as expected.
    fn differs(&self, bytes: &[u8]) -> Option<usize> {
        let expected = &self.all[self.came..];
        let overlap = bytes.len().min(expected.len());
        let mut from = 0;
        let ahead = self.holes.partition_point(|hole| hole.end <= self.came);
        let end = self.all.len()..self.all.len();
        for hole in self.holes[ahead..].iter().chain([&end]) {
            let to = hole.start.saturating_sub(self.came).clamp(from, overlap);
            if bytes[from..to] != expected[from..to] {
                return (from..to).find(|&at| bytes[at] != expected[at]);
            }
            from = (hole.end - self.came).min(overlap);
            if from == overlap {
                break;
            }
        }
        (bytes.len() > overlap).then_some(overlap)
    }
}

impl Expected for Bytes {
    fn take(&mut self, bytes: &[u8]) -> Result<(), String> {
        if let Some(at) = self.differs(bytes) {
            let place = self.came + at;
            let expected = match &self.all[place.min(self.all.len())..] {
                [] => "the end".to_owned(),
                rest => excerpt(&rest[..rest.len().min(60)], 40),
            };
            let came = excerpt(&bytes[at..bytes.len().min(at + 60)], 40);
            return Err(format!(
                "byte {place}: expected {expected}, received {came}"
            ));
        }
        self.came += bytes.len();
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.came == self.all.len()
    }

    fn progress(&self) -> String {
        of(self.came, self.all.len())
    }
}
