//! A table whose keys can't go stale.

/// Names one entry of a [`Slots`] for as long as the entry lives.
///
/// An entry sits in a slot, and the slot gets another tenant once the entry is removed. The
/// generation counts the tenants: a key that has outlived its entry matches none.
///
/// ```text
///   63          generation          32 31             slot              0
///  ┌───────────────────────────────────┬──────────────────────────────────┐
///  └───────────────────────────────────┴──────────────────────────────────┘
///   packed like this, it travels through the kernel in epoll's 64 bits of data
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(u64);

impl Key {
    /// The key that no entry has.
    pub const NONE: Self = Self(u64::MAX);

    /// Slots are numbered below this: the bits from here on tell [kinds](crate::token::Token) of
    /// keys apart. Each slot stands for a descriptor, and a process has fewer than 2^30 of those.
    pub const SLOTS: u32 = 1 << 30;

    /// The first tenant of `slot`.
    fn first(slot: u32) -> Self {
        Self(u64::from(slot))
    }

    /// The next tenant of the same slot. After 2^32 of them, the keys start again.
    fn next(self) -> Self {
        Self(self.0.wrapping_add(1 << 32))
    }

    #[inline]
    pub fn slot(self) -> u32 {
        (self.0 & 0xFFFF_FFFF) as u32
    }

    #[inline]
    pub fn pack(self) -> u64 {
        self.0
    }

    #[inline]
    pub fn unpack(data: u64) -> Self {
        Self(data)
    }
}

// ANCHOR: slot
/// While a slot is vacant, `key` is that of the tenant to come.
#[derive(Debug)]
struct Slot<T> {
    key: Key,
    tenant: Option<T>,
}
// ANCHOR_END: slot

/// A table that grows with the highest number of entries that were ever in it at once.
#[derive(Debug)]
pub(crate) struct Slots<T> {
    slots: Vec<Slot<T>>,
    /// The vacant slots; the last to be left is the first to be taken.
    free: Vec<u32>,
}

impl<T> Slots<T> {
    pub fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    /// The key that the next [`Self::insert`] gives.
    pub fn next_key(&mut self) -> Key {
        let slot = self
            .free
            .last()
            .map_or(self.slots.len(), |&slot| slot as usize);
        if slot == self.slots.len() {
            let number = u32::try_from(slot).unwrap_or(Key::SLOTS);
            self.slots.push(Slot {
                key: Key::first(number),
                tenant: None,
            });
            self.free.push(number);
        }
        self.slots[slot].key
    }

    pub fn insert(&mut self, tenant: T) -> Key {
        let key = self.next_key();
        self.free.pop();
        self.slots[key.slot() as usize].tenant = Some(tenant);
        key
    }

    // ANCHOR: remove
    /// Empties the slot of `key` for the next tenant.
    pub fn remove(&mut self, key: Key) -> Option<T> {
        self.get(key)?;
        let slot = &mut self.slots[key.slot() as usize];
        slot.key = key.next();
        self.free.push(key.slot());
        slot.tenant.take()
    }
    // ANCHOR_END: remove

    // ANCHOR: get
    #[inline]
    pub fn get(&self, key: Key) -> Option<&T> {
        let slot = self.slots.get(key.slot() as usize)?;
        if slot.key != key {
            return None;
        }
        slot.tenant.as_ref()
    }
    // ANCHOR_END: get

    #[inline]
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let slot = self.slots.get_mut(key.slot() as usize)?;
        if slot.key != key {
            return None;
        }
        slot.tenant.as_mut()
    }

    /// The entry in slot `number`.
    pub fn tenant(&self, number: u32) -> Option<(Key, &T)> {
        let slot = self.slots.get(number as usize)?;
        Some((slot.key, slot.tenant.as_ref()?))
    }

    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.slots
            .iter()
            .filter_map(|slot| Some((slot.key, slot.tenant.as_ref()?)))
    }

    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}
