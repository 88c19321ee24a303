//! The versions of files that are at hand.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::date::Seconds;
use crate::file_version::FileVersion;
use crate::page::Page;

/// Pages by the path that asks for them.
///
/// An entry counts for the second in which it was last compared with the file. After that it is
/// taken out, and put back if the file is still the same.
///
/// It costs at most `limit` entries, and each either 16 KiB or a descriptor.
#[derive(Debug)]
pub(crate) struct Cache {
    entries: HashMap<Box<[u8]>, Entry, BuildHasherDefault<Fnv>>,
    limit: usize,
    swept: Seconds,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub page: Arc<Page>,
    /// `None`: not known well enough to be compared.
    pub version: Option<FileVersion>,
    /// When it was last compared with the file.
    pub checked: Seconds,
}

impl Cache {
    pub fn new(limit: usize) -> Self {
        Self {
            entries: HashMap::default(),
            limit,
            swept: 0,
        }
    }

    /// The page for `path`, if it has been compared with its file in this second.
    #[inline]
    pub fn get(&self, path: &[u8], now: Seconds) -> Option<&Arc<Page>> {
        let entry = self.entries.get(path)?;
        (entry.checked == now).then_some(&entry.page)
    }

    /// Takes out what is known of `path`.
    pub fn take(&mut self, path: &[u8]) -> Option<Entry> {
        self.entries.remove(path)
    }

    /// Keeps `entry` for `path`, if there is room. Those that nobody has asked for in this second
    /// make room; to look for them once a second is enough.
    pub fn keep(&mut self, path: &[u8], entry: Entry) {
        let now = entry.checked;
        if self.entries.len() >= self.limit && self.swept != now {
            self.swept = now;
            self.entries.retain(|_, kept| kept.checked == now);
        }
        if self.entries.len() < self.limit {
            self.entries.insert(path.into(), entry);
        }
    }
}

/// FNV-1a.
///
/// The map's own hash keeps whoever chooses the keys from having them all collide. Here they are
/// names of files, of which there are few; and that hash costs as much as the rest of an answer.
#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// The length of the key, which its bytes tell as well.
    #[inline]
    fn write_usize(&mut self, _: usize) {}

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests;
