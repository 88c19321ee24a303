//! The accept queue belongs to the kernel. It completes handshakes by itself, keeps what clients send,
//! and gives connections out in the order in which they came. All that the backlog decides is when the
//! kernel stops answering new ones: it says nothing to them, rather than no.

/// How many of the six clients are connected before the first `accept`: for how many has `connect`
/// succeeded?
// A queue counts as full when it holds more than the backlog (3): the fourth still comes in.
pub const CONNECTED: Option<usize> = Some(4);

/// The same, if no client ever sends a byte.
// The handshake decides, not the data.
pub const CONNECTED_SILENTLY: Option<usize> = Some(4);

/// What the sixth client sees before the first `accept`.
// Its SYN is dropped, which to TCP is a lost packet: wait, send it again. After the sixth repetition,
// two minutes later, connect would fail with ETIMEDOUT (tcp(7), tcp_syn_retries).
pub const SIXTH: Option<Sight> = Some(Sight::Nothing);

/// The number of the client whose connection the first `accept` returns, from 1 to 6.
pub const FIRST_ACCEPTED: Option<usize> = Some(1);

/// Whose byte the server never gets, of those that were connected before the first `accept`.
// A connected socket has a receive buffer, whether somebody has accepted it or not.
pub const LOST: Option<Loser> = Some(Loser::Nobody);

/// The number of the client that is next to come into the accept queue after the first `accept`, from
/// 1 to 7.
// The fifth and the sixth wait for their timers, a second after they knocked first. A server that often
// has a full queue thus serves clients out of turn, and some of them seconds late.
pub const NEXT_IN: Option<usize> = Some(7);

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
