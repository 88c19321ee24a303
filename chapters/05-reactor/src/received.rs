//! What one read has brought, and what it has left.

/// What one read has brought.
#[derive(Clone, Copy)]
pub(crate) enum Received {
    /// All the input of a connection that has kept none and has no output queued.
    Data(Left),
    /// Input of any other connection.
    MoreData(Left),
    /// The peer has finished sending.
    End,
    /// Nothing more is there.
    Nothing,
    /// Nothing was read: no input is wanted, or there is no such connection any more.
    Unwanted,
    /// Input of a lingering connection, which is thrown away.
    Dropped,
    /// The read was interrupted or has failed.
    Error,
}

/// What a read has left in the socket.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// It has shown that no more is there.
    Nothing,
    /// There may be more.
    Perhaps,
    /// There may be more, and it isn't wanted now.
    Unwanted,
}
