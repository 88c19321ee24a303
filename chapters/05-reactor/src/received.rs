//! What one read has brought, and what it has left.

use crate::Closed;

/// What one read has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// All the input of a connection that has kept none and has no output queued.
    All(Left),
    /// Input of any other connection.
    More(Left),
    /// The peer has finished sending.
    End,
    /// Nothing more is there.
    Nothing,
    /// Nothing was read: no input is wanted now.
    Unwanted,
    /// A lingering connection was read, for nobody.
    Discarded,
    /// The connection has ended.
    Failed(Closed),
}

/// What a read has left in the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// It has shown that no more is there.
    Nothing,
    /// There may be more.
    Perhaps,
    /// There may be more, and it isn't wanted now.
    Unwanted,
}
