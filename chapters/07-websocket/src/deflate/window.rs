//! How far back a compressed message may point.

use std::fmt;

/// The size of a sliding window, as the base-2 logarithm of its bytes: 9 for 512 bytes, 15 for
/// 32 KiB. Compressed data can repeat only what the window still holds.
///
/// RFC 7692 §7.1.2 also knows 8, which zlib can't compress with: an offer that asks for it is declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window(u8);

impl Window {
    /// 512 bytes.
    pub const SMALLEST: Self = Self(9);
    /// 32 KiB, which is also what holds if nothing is said.
    pub const LARGEST: Self = Self(15);
    /// How many sizes there are.
    pub(crate) const COUNT: usize = 7;

    /// The window of `2^bits` bytes, if this side can compress with it.
    #[must_use]
    pub const fn of(bits: u8) -> Option<Self> {
        match bits {
            9..=15 => Some(Self(bits)),
            _ => None,
        }
    }

    /// The base-2 logarithm of its size.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Its place among all sizes, the smallest first.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0 - Self::SMALLEST.0)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
