//! A connection, seen from both ends.

use super::websocket::Talk;

/// One of a connection's two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Client,
    Server,
}

/// A connection, seen from both ends.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that don't exclude each other"
)]
pub struct Connection {
    /// Who connected: `client A`, or an address if no client was recorded.
    pub client: String,
    /// The client's address.
    pub address: String,
    /// The listener whose accept queue it came to.
    pub listener: Option<i64>,
    /// The server's descriptor; none before `accept` and after `close`.
    pub fd: Option<i64>,
    /// The server has taken it from the accept queue.
    pub accepted: bool,
    /// Bytes that the server has not read.
    pub unread: u64,
    /// Bytes that the client has read, or is reading.
    pub received: u64,
    /// Bytes that the server has read and written.
    pub moved: (u64, u64),
    /// Bytes of input that the server keeps, because it can't do anything with them yet.
    pub kept: u64,
    /// How many answers the server has told of.
    pub answers: u64,
    /// Bytes that the server has still to send: of its answers, if it tells of these; else what it
    /// offered and the socket didn't take.
    pub pending: u64,
    /// The socket has no room for more output.
    pub full: bool,
    /// Who closed their direction, in order.
    pub closed: Vec<End>,
    /// The client has closed both directions: what is sent to it is answered with a reset.
    pub gone: bool,
    /// A read has returned 0.
    pub end_read: bool,
    /// It was cut.
    pub reset: bool,
    /// It is behind the opening handshake of WebSocket.
    pub talk: Option<Talk>,
}

impl Connection {
    /// Bytes that the client has not read.
    pub fn unseen(&self) -> u64 {
        self.moved.1.saturating_sub(self.received)
    }

    /// The peer has closed its direction and the server has not been told yet.
    pub fn end_waits(&self) -> bool {
        !self.end_read && self.at_end()
    }

    /// The peer has closed its direction, or cut the connection.
    fn at_end(&self) -> bool {
        self.reset || self.closed.contains(&End::Client)
    }

    /// What `poll` would say of the server's end (`tcp_poll` in the kernel's `net/ipv4/tcp.c`).
    pub fn ready(&self) -> Vec<&'static str> {
        let sent_end = self.closed.contains(&End::Server);
        let flags = [
            ("IN", self.unread > 0 || self.at_end()),
            ("OUT", self.reset || sent_end || !self.full),
            ("ERR", self.reset),
            ("HUP", self.reset || (self.at_end() && sent_end)),
            ("RDHUP", self.at_end()),
        ];
        flags
            .iter()
            .filter(|(_, is_set)| *is_set)
            .map(|(name, _)| *name)
            .collect()
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
