//! The versions of files that are at hand.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::response::{FileVersion, Page, Seconds};

/// Pages by the path that asks for them.
///
/// An entry counts for the second in which it was last compared with the file. After that it is
/// taken out, and put back if the file is still the same.
///
/// It costs at most `limit` entries, and each either 16 KiB or a descriptor.
#[derive(Debug)]
pub(super) struct Cache {
    entries: HashMap<Box<[u8]>, Entry, RandomState>,
    limit: usize,
    swept: Seconds,
}

/// Which requests get a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those for its path: no route takes that.
    Direct,
    /// Those that a route answers with it.
    ByRoute,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub page: Arc<Page>,
    /// `None`: not known well enough to be compared.
    pub version: Option<FileVersion>,
    /// When it was last compared with the file.
    pub checked: Seconds,
    pub reach: Reach,
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

    /// The same, if no route takes `path`.
    #[inline]
    pub fn get_direct(&self, path: &[u8], now: Seconds) -> Option<&Arc<Page>> {
        let entry = self.entries.get(path)?;
        (entry.checked == now && entry.reach == Reach::Direct).then_some(&entry.page)
    }

    /// Takes out what is known of `path`.
    pub fn take(&mut self, path: &[u8]) -> Option<Entry> {
        self.entries.remove(path)
    }

    /// Keeps `entry` for `path`, if there is room. Those that weren't asked for in this second
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

#[cfg(test)]
mod tests;
