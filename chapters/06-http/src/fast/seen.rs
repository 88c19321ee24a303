//! A guess at the names of a head's fields.

/// A guess at the names that a head has: a bit for each, which it may share with others. So a
/// name whose bit isn't set isn't there, and no line has to be looked at. Most look-ups end here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seen(u64);

impl Seen {
    /// Notes a name.
    #[inline]
    pub fn add(&mut self, name: &[u8]) {
        self.0 |= Self::bit(name);
    }

    /// Whether `name` may have been noted. `false` is certain.
    #[inline]
    pub fn may_have(self, name: &[u8]) -> bool {
        self.0 & Self::bit(name) != 0
    }

    /// A bit chosen by the name's length and first letter, of either case.
    #[inline]
    fn bit(name: &[u8]) -> u64 {
        let first = name.first().map_or(0, |byte| usize::from(byte & 0x1f));
        1 << ((first + 5 * name.len()) % 64)
    }
}
