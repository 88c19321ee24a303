//! One connection of the generator.

use std::collections::VecDeque;

use reactor::ConnId;

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The answer to its handshake is to come.
    Handshake,
    /// The answer to its first request is to come.
    Greeting,
    /// It has been served.
    Open,
    Gone,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub id: ConnId,
    pub stage: Stage,
    /// How many bytes of an answer have come.
    pub at: u32,
    /// How many bytes of what is said to all have come.
    pub heard: u32,
    /// When the requests in flight were due, in nanoseconds.
    pub due: VecDeque<u64>,
}
