//! What one reactor allows its peers.

use std::time::Duration;

/// What one reactor allows its peers; bytes and times per connection, unless said otherwise.
///
/// ```
/// use ch05_reactor::Limits;
///
/// let limits = Limits { connections: 10_000, ..Limits::default() };
/// assert!(limits.low_water < limits.high_water);
/// ```
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at a time; further ones wait in the accept queue.
    ///
    /// Keep it some way below `RLIMIT_NOFILE` where the server opens files too.
    pub connections: usize,
    /// Bytes that one read takes at most.
    pub read: usize,
    /// Reads that a connection gets in one turn, as long as each brings all it may. At least one.
    pub reads: usize,
    /// Bytes of input that a handler may leave unconsumed. Above that, nothing is read.
    ///
    /// It has to exceed the longest message that a handler waits to see whole.
    pub input: usize,
    /// From this many bytes of pending output on, a connection is full: its input rests.
    pub high_water: u64,
    /// Below this many bytes, a connection that was full has drained.
    pub low_water: u64,
    /// Bytes written to one connection in one turn, file ranges included.
    pub write: usize,
    /// How long a closed connection's last output may stand still before it is given up. That is
    /// looked at once in this time.
    pub close: Duration,
    /// How long a closed connection waits for the peer to close its side too, once all output has
    /// been sent.
    pub linger: Duration,
    /// Bytes that are received and dropped in that time, at most.
    pub linger_bytes: u64,
    /// How long after [`Io::stop`](crate::Io::stop) the last connection is cut.
    pub stop: Duration,
}

impl Limits {
    /// From this many bytes on, an answer fills its connection, or is more than one turn's share.
    pub(crate) fn answer(&self) -> usize {
        usize::try_from(self.high_water).map_or(self.write, |high| high.min(self.write))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: usize::MAX,
            read: 64 * 1024,
            reads: 4,
            input: 128 * 1024,
            high_water: 256 * 1024,
            low_water: 64 * 1024,
            write: 256 * 1024,
            close: Duration::from_mins(1),
            linger: Duration::from_secs(1),
            linger_bytes: 16 * 1024 * 1024,
            stop: Duration::from_secs(5),
        }
    }
}
