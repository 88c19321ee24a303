//! How a server is to be loaded.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::Target;

/// Connections from one source address at most: fewer than there are local ports on any machine
/// that hasn't narrowed its range.
const PER_SOURCE: usize = 20_000;

/// What is the same in all phases of a run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whom to load.
    pub target: Target,
    /// How many connections.
    pub connections: usize,
    /// Loops that load, each in a thread with a descriptor table of its own.
    pub threads: usize,
    /// Connections to be opened per second, by all threads; `None`: as fast as it goes.
    pub opening: Option<f64>,
    /// Requests that a connection has in flight when it works.
    pub pipeline: usize,
    /// Bytes of an echoed line, LF included, or of a WebSocket message.
    pub size: usize,
    /// Addresses to connect from; 0: the kernel's choice.
    pub sources: usize,
    /// A server that doesn't answer for so long has failed.
    pub patience: Duration,
}

/// When requests are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Work {
    /// *Closed loop*: the next one when an answer is back, on so many connections at a time. Each is
    /// on the connection that has been idle for longest.
    Closed(usize),
    /// *Open loop*: so many per second, whether or not answers are back. A request that finds no
    /// idle connection waits for one, and its time counts from the moment that it was due.
    Open(f64),
}

impl Plan {
    /// The number of source addresses that so many connections to `target` need, if that is on this
    /// machine's loopback: 0, if the kernel's choice will do.
    #[must_use]
    pub fn sources_for(target: &Target, connections: usize) -> usize {
        if target.address().ip().is_loopback() && connections > PER_SOURCE {
            connections.div_ceil(PER_SOURCE)
        } else {
            0
        }
    }

    /// Where connection `number` of all comes from.
    pub(super) fn source(&self, number: usize) -> Option<IpAddr> {
        let source = number.checked_rem(self.sources)?;
        let [_, _, high, low] = u32::try_from(source + 0x101).ok()?.to_be_bytes();
        Some(Ipv4Addr::new(127, 1, high, low).into())
    }
}
