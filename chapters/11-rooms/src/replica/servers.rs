//! Servers: whose entries count.

use std::collections::BTreeMap;

/// The epochs that are live, and how far each has come.
#[derive(Debug, Default)]
pub(super) struct Servers {
    /// The number of the last entry of each that was applied.
    live: BTreeMap<u64, u64>,
    /// No epoch up to this one is opened any more.
    highest: u64,
}

impl Servers {
    /// As they were.
    pub fn restored(live: &[(u64, u64)], highest: u64) -> Self {
        let live = live.iter().copied().collect();
        Self { live, highest }
    }

    /// A server begins its epoch; whether that is a new one.
    pub fn open(&mut self, epoch: u64) -> bool {
        let is_new = epoch > self.highest;
        if is_new {
            self.highest = epoch;
            self.live.insert(epoch, 0);
        }
        is_new
    }

    /// A server is gone; whether it was there.
    pub fn close(&mut self, epoch: u64) -> bool {
        self.live.remove(&epoch).is_some()
    }

    /// Whether the entry with this number is to be applied.
    // ANCHOR: admit
    pub fn admit(&mut self, epoch: u64, number: u64) -> bool {
        match self.live.get_mut(&epoch) {
            Some(last) if number > *last => {
                *last = number;
                true
            }
            _ => false,
        }
    }
    // ANCHOR_END: admit

    /// Those that are live.
    pub fn epochs(&self) -> impl Iterator<Item = u64> + '_ {
        self.live.keys().copied()
    }

    /// All there is to know.
    pub fn parts(&self) -> (Vec<(u64, u64)>, u64) {
        let live = self.live.iter().map(|(&epoch, &number)| (epoch, number));
        (live.collect(), self.highest)
    }
}
