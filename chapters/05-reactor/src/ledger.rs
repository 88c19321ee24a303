//! The ledger: how much memory of ours all connections hold, and which of them are given up when that
//! is too much.
//!
//! ```text
//!   input that is kept ──┐
//!   output that waits ───┼──► Account, of one connection ──► Ledger, of all     over the limit?
//!   Io::hold ────────────┘                                         │ yes
//!                          until the turn ends, no input is read ◄─┤
//!                          at its end: of the address that holds most, ◄┘
//!                          those whose account has changed least lately are given up
//! ```
//!
//! A limit for each connection is none for all: it is multiplied by as many connections as a stranger
//! opens. So what counts is the sum, and whoever has made it so pays. An address that holds little
//! loses nothing, whatever others do; and a connection that goes on, as those do that are in use, is
//! younger than one that only waits.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::IpAddr;

use crate::ConnId;

/// What one connection holds. There may be a million of them, so each is small.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Account {
    /// All of it, in bytes.
    held: u32,
    /// When that last changed, in units of about a millisecond on the reactor's clock. They begin anew
    /// every fifty days, and then a wrong one may be given up.
    changed: u32,
    /// What of it is its handler's, in KiB.
    of_handler: u16,
}

/// What all connections hold.
#[derive(Debug)]
pub(crate) struct Ledger {
    limit: usize,
    held: usize,
}

/// A connection that holds something, as it is to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Holder {
    pub changed: u32,
    pub id: ConnId,
    pub held: usize,
}

impl Account {
    pub fn held(&self) -> usize {
        self.held as usize
    }

    pub fn of_handler(&self) -> usize {
        usize::from(self.of_handler) * 1024
    }

    /// The handler holds so many bytes.
    pub fn set_of_handler(&mut self, bytes: usize) {
        self.of_handler = u16::try_from(bytes.div_ceil(1024)).unwrap_or(u16::MAX);
    }

    /// This account of the connection `id`.
    pub fn holder(&self, id: ConnId) -> Holder {
        let (held, changed) = (self.held(), self.changed);
        Holder { changed, id, held }
    }
}

impl Ledger {
    pub fn new(limit: usize) -> Self {
        Self { limit, held: 0 }
    }

    /// Whether all of them hold more than they may.
    #[inline]
    pub fn is_over(&self) -> bool {
        self.held > self.limit
    }

    /// The connection with this `account` holds so many bytes at `now`.
    #[inline]
    pub fn charge(&mut self, account: &mut Account, held: usize, now: impl FnOnce() -> u64) {
        let held = u32::try_from(held).unwrap_or(u32::MAX);
        if held != account.held {
            self.held = self.held - account.held() + held as usize;
            account.held = held;
            account.changed = (now() >> 20 & 0xFFFF_FFFF) as u32;
        }
    }

    /// The connection with this `account` is gone.
    pub fn settle(&mut self, account: Account) {
        self.held -= account.held();
    }

    /// Which of `holders`, each with the address that pays for it, are to be given up, so that an
    /// eighth of the limit is free again: if it were less, the next turn would begin anew.
    // ANCHOR: choose
    pub fn choose(&self, holders: impl Iterator<Item = (Option<IpAddr>, Holder)>) -> Vec<ConnId> {
        let mut addresses: HashMap<_, (usize, Vec<_>)> = HashMap::new();
        for (address, holder) in holders {
            let (sum, theirs) = addresses.entry(address).or_default();
            *sum += holder.held;
            theirs.push(Reverse(holder));
        }
        let heaps = addresses
            .into_values()
            .map(|(sum, theirs)| (sum, BinaryHeap::from(theirs)));
        let mut heaps: Vec<_> = heaps.collect();
        let mut most: BinaryHeap<_> = heaps.iter().map(|heap| heap.0).zip(0..).collect();
        let mut excess = self.held.saturating_sub(self.limit - self.limit / 8);
        let mut chosen = Vec::new();
        while excess > 0
            && let Some((sum, number)) = most.pop()
        {
            if let Some(Reverse(oldest)) = heaps.get_mut(number).and_then(|heap| heap.1.pop()) {
                chosen.push(oldest.id);
                excess = excess.saturating_sub(oldest.held);
                most.push((sum.saturating_sub(oldest.held), number));
            }
        }
        chosen
    }
    // ANCHOR_END: choose
}

#[cfg(test)]
mod tests;
