//! Wrong: takes the queue for a stack.
//! Caught by: first_accepted_says_who_is_fetched_first
//! Says: who completed the handshake first is fetched first

/// How many of the six clients are connected before the first `accept`: for how many has `connect`
/// succeeded?
pub const CONNECTED: Option<usize> = Some(4);

/// The same, if no client ever sends a byte.
pub const CONNECTED_SILENTLY: Option<usize> = Some(4);

/// What the sixth client sees before the first `accept`.
pub const SIXTH: Option<Sight> = Some(Sight::Nothing);

/// The number of the client whose connection the first `accept` returns, from 1 to 6.
pub const FIRST_ACCEPTED: Option<usize> = Some(4);

/// Whose byte the server never gets, of those that were connected before the first `accept`.
pub const LOST: Option<Loser> = Some(Loser::Nobody);

/// The number of the client that is next to come into the accept queue after the first `accept`, from
/// 1 to 7.
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
