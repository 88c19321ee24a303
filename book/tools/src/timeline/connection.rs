//! A connection, seen from both ends.

/// One of a connection's two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Client,
    Server,
}

/// A connection, seen from both ends.
#[derive(Debug, Default)]
pub struct Connection {
    /// Who connected: `client A`, or an address if no client was recorded.
    pub client: String,
    /// The client's address.
    pub address: String,
    /// The server's descriptor; none before `accept` and after `close`.
    pub fd: Option<i64>,
    /// The server has taken it from the accept queue.
    pub accepted: bool,
    /// Bytes that the server has not read.
    pub unread: u64,
    /// Bytes that the client has not read.
    pub unseen: u64,
    /// Bytes that the server has read and written.
    pub moved: (u64, u64),
    /// Who closed their direction, in order.
    pub closed: Vec<End>,
    /// A read has returned 0.
    pub end_read: bool,
    /// It was cut.
    pub reset: bool,
}

impl Connection {
    /// The peer has closed its direction and the server has not been told yet.
    pub fn end_waits(&self) -> bool {
        !self.end_read && (self.reset || self.closed.contains(&End::Client))
    }

    /// One end closes its direction.
    pub fn close(&mut self, end: End) {
        if !self.closed.contains(&end) {
            self.closed.push(end);
        }
    }

    /// The state in which TCP keeps one end (RFC 9293, section 3.3.2); none once it is forgotten.
    pub fn tcp_state(&self, end: End) -> Option<&'static str> {
        match self.closed[..] {
            _ if self.reset => None,
            [] => Some("ESTABLISHED"),
            [first] if first == end => Some("FIN_WAIT2"),
            [_] => Some("CLOSE_WAIT"),
            [first, ..] if first == end => Some("TIME_WAIT"),
            [..] => None,
        }
    }
}
