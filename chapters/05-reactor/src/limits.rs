//! What one reactor allows its peers.

use std::io;
use std::time::Duration;

/// What one reactor allows its peers; bytes and times per connection, unless said otherwise.
///
/// ```
/// use ch05_reactor::Limits;
///
/// let limits = Limits { connections: 10_000, ..Limits::default() };
/// assert!(limits.low_water < limits.high_water);
/// ```
///
/// [`Reactor::new`](crate::Reactor::new) refuses limits with which a connection could never go on.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at a time; further ones wait in the accept queue.
    ///
    /// Keep it some way below `RLIMIT_NOFILE` where the server opens files too.
    pub connections: usize,
    /// Bytes that one read takes at most.
    pub read: usize,
    /// Reads that a connection gets in one turn, as long as each brings all it may.
    pub reads: usize,
    /// Bytes of input that a handler may leave unconsumed. Above that, nothing is read.
    ///
    /// It has to exceed the longest message that a handler waits to see whole.
    pub input: usize,
    /// From this many bytes of pending output on, a connection is full: its input rests.
    pub high_water: u64,
    /// Below this many bytes, a connection that was full has drained.
    pub low_water: u64,
    /// From this many queued file ranges on, a connection is full, however short they are: each may
    /// hold a descriptor. With half of them left it has drained.
    pub files: usize,
    /// Bytes of this program's memory that all connections together may hold: input that is kept, output
    /// that waits, and what their handlers hold for them ([`Io::hold`](crate::Io::hold)). Above that, some
    /// are given up ([`Handler::on_over_limit`](crate::Handler::on_over_limit)).
    pub memory: usize,
    /// Bytes written to one connection in one turn, file ranges included.
    pub write: usize,
    /// How long output may wait without the peer taking any of it, before its connection is cut.
    pub stall: Duration,
    /// How long a closed connection waits for the peer to close its side too, once all output has
    /// been sent.
    pub linger: Duration,
    /// Bytes that are received and dropped in that time, at most.
    pub linger_bytes: u64,
    /// How long after [`Io::stop`](crate::Io::stop) the last connection is cut.
    pub stop: Duration,
}

impl Limits {
    /// # Errors
    /// [`InvalidInput`](io::ErrorKind::InvalidInput), if with these a connection could not be
    /// accepted, read from or written to, or could not go on once it has been full.
    pub(crate) fn check(&self) -> io::Result<()> {
        let counts = [
            ("connections", self.connections),
            ("read", self.read),
            ("reads", self.reads),
            ("input", self.input),
            ("files", self.files),
            ("memory", self.memory),
            ("write", self.write),
        ];
        let low = self.low_water;
        let high = self.high_water;
        let wrong = if let Some((name, _)) = counts.iter().find(|(_, count)| *count == 0) {
            format!("limits.{name} is 0, so no connection could be served: set it to 1 or more")
        } else if low == 0 {
            "limits.low_water is 0, so a full connection would never have drained: set it to 1 or \
             more"
                .to_owned()
        } else if low > high {
            format!("limits.low_water ({low}) is above high_water ({high}): set it to that or less")
        } else {
            return Ok(());
        };
        Err(io::Error::new(io::ErrorKind::InvalidInput, wrong))
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
            files: 8,
            memory: 128 * 1024 * 1024,
            write: 256 * 1024,
            stall: Duration::from_mins(1),
            linger: Duration::from_secs(1),
            linger_bytes: 16 * 1024 * 1024,
            stop: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_would_hang_are_refused_and_named() {
        let good = Limits::default;
        let wrong = [
            (
                "connections",
                Limits {
                    connections: 0,
                    ..good()
                },
            ),
            ("read", Limits { read: 0, ..good() }),
            ("reads", Limits { reads: 0, ..good() }),
            ("input", Limits { input: 0, ..good() }),
            ("files", Limits { files: 0, ..good() }),
            (
                "memory",
                Limits {
                    memory: 0,
                    ..good()
                },
            ),
            ("write", Limits { write: 0, ..good() }),
            (
                "low_water",
                Limits {
                    low_water: 0,
                    ..good()
                },
            ),
            (
                "high_water",
                Limits {
                    high_water: 0,
                    ..good()
                },
            ),
            (
                "high_water",
                Limits {
                    high_water: 100,
                    low_water: 101,
                    ..good()
                },
            ),
        ];
        for (name, limits) in wrong {
            let error = crate::Reactor::new(limits).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert!(error.to_string().contains(name), "{name}: {error}");
        }
    }

    #[test]
    fn the_smallest_limits_are_taken() {
        let smallest = Limits {
            connections: 1,
            read: 1,
            reads: 1,
            input: 1,
            files: 1,
            memory: 1,
            write: 1,
            low_water: 1,
            high_water: 1,
            ..Limits::default()
        };
        assert!(smallest.check().is_ok());
    }
}
