//! Letters: what comes out of a room, with the address of who is told.

use super::event::Event;

// ANCHOR: to
/// An event, and who is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter<K> {
    /// Who.
    pub to: To<K>,
    /// What.
    pub event: Event,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum To<K> {
    /// All who are here, once the call that made the letter has returned.
    All,
    /// The same without one.
    AllBut(K),
    /// One.
    One(K),
}
// ANCHOR_END: to

impl<K> Letter<K> {
    /// A letter to one.
    pub(super) const fn to_one(key: K, event: Event) -> Self {
        let to = To::One(key);
        Self { to, event }
    }
}
