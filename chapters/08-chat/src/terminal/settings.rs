//! What the command line says.

use std::net::SocketAddr;

/// Which process reads the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processes {
    /// The process that also watches the socket.
    One,
    /// A child, which writes to a pipe.
    Two,
}

/// What the command line says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server, as the user calls it.
    pub server: String,
    /// Where it may be; the first that answers is taken.
    pub addresses: Vec<SocketAddr>,
    /// A name to ask for after each connect.
    pub nick: Option<String>,
    /// Which process reads the keyboard.
    pub processes: Processes,
}
