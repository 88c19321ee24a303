//! # 01-4 Who fits into the backlog?
//!
//! A server calls `listen(fd, 3)` and then does something else: it doesn't call `accept`. Meanwhile six
//! clients connect, one after the other, from 1 to 6. Each sends one byte, as soon as it is connected.
//! This is what the server has, and what the six do:
//!
//! ```text
//!  clients                    kernel                          server
//!
//!  connect, send  ──▶  accept queue of the listener  ──▶  accept, read
//!                      (backlog: 3)                       not yet!
//! ```
//!
//! Then the server calls `accept` once. At that moment a seventh client connects. A little later the
//! server accepts whoever is still queued, and reads what each of them has sent. All of it takes less
//! than a second.
//!
//! What happens? Replace each `None` by `Some` of your prediction; then check. The tests let it really
//! happen, on this machine's kernel: they make the connections, look up their states in `/proc/net/tcp`
//! (where `ss -tan` looks, too), and tell you what they saw. Nothing of it depends on chance or on the
//! machine's speed.
//!
//! Document 001 makes four claims about the backlog (C100 to C103 in the book): that it is the greatest
//! number of connections; that one more makes the kernel throw away the data of the first; that only
//! connections with data count; that `accept` uses a place up. You may believe them, or not.
//!
//! Read: listen(2), tcp(7).

/// How many of the six clients are connected before the first `accept`: for how many has `connect`
/// succeeded?
pub const CONNECTED: Option<usize> = None;

/// The same, if no client ever sends a byte.
pub const CONNECTED_SILENTLY: Option<usize> = None;

/// What the sixth client sees before the first `accept`.
pub const SIXTH: Option<Sight> = None;

/// The number of the client whose connection the first `accept` returns, from 1 to 6.
pub const FIRST_ACCEPTED: Option<usize> = None;

/// Whose byte the server never gets, of those that were connected before the first `accept`.
pub const LOST: Option<Loser> = None;

/// The number of the client that is next to come into the accept queue after the first `accept`, from 1
/// to 7.
pub const NEXT_IN: Option<usize> = None;

/// What a client sees of its `connect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It has succeeded.
    Connected,
    /// It has failed with ECONNREFUSED.
    Refused,
    /// Neither: a blocking `connect` would still sleep.
    Nothing,
}

/// Who has sent a byte in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loser {
    /// Nobody.
    Nobody,
    /// The client that connected first.
    First,
    /// The client that connected last.
    Last,
}
