//! Close codes: why a connection is closed, for programs.

use std::fmt;

/// Why a connection is closed (RFC 6455 §7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CloseCode(u16);

impl CloseCode {
    /// All is done.
    pub const NORMAL: Self = Self(1000);
    /// A server goes down, or a browser has left the page.
    pub const GOING_AWAY: Self = Self(1001);
    /// The other side has broken the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// A kind of data that this side doesn't take.
    pub const UNSUPPORTED: Self = Self(1003);
    /// Never sent: what an application is told when a Close came without a code.
    pub const NO_STATUS: Self = Self(1005);
    /// Never sent: what an application is told when the connection ended without a Close.
    pub const ABNORMAL: Self = Self(1006);
    /// Data that isn't what its message says it is: text that isn't UTF-8.
    pub const INVALID_DATA: Self = Self(1007);
    /// Something that this side doesn't allow, and none of the other codes tells what.
    pub const POLICY: Self = Self(1008);
    /// A message that is too long.
    pub const TOO_BIG: Self = Self(1009);
    /// A client misses an extension.
    pub const MISSING_EXTENSION: Self = Self(1010);
    /// This side has met with something that it can't deal with.
    pub const INTERNAL_ERROR: Self = Self(1011);

    /// A server has too much to do: later, it may not (registered after RFC 6455).
    pub const TRY_AGAIN_LATER: Self = Self(1013);

    /// The code with this number, if it may be sent.
    ///
    /// RFC 6455 §7.4.1 reserves 1004, and has 1005, 1006 and 1015 never sent; 1012 to 1014 have
    /// been registered since. From 3000 on are the numbers of libraries, from 4000 on those of
    /// applications (§7.4.2).
    #[must_use]
    pub const fn of(number: u16) -> Option<Self> {
        match number {
            1000..=1003 | 1007..=1014 | 3000..=4999 => Some(Self(number)),
            _ => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
