//! Why a client can't go on.

use std::{fmt, io};

use super::opening::Misunderstanding;
use crate::Error;

/// Why a client can't go on.
#[derive(Debug)]
pub enum Failure {
    /// The connection.
    Io(io::Error),
    /// The opening handshake.
    Opening(Misunderstanding),
    /// A server that breaks the protocol. It has been told.
    Protocol(Error),
    /// Nothing can be sent: a Close has been, or nothing may be sent yet.
    Closed,
    /// The server, or whoever knows its address, has let the client wait for too long.
    Late(Wait),
}

/// What a client waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The addresses of the host.
    Lookup,
    /// The answer to its request.
    Opening,
    /// The server's Close, after its own.
    Close,
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lookup => "the name could not be looked up in time",
            Self::Opening => "the server has not answered the request in time",
            Self::Close => "the server has not answered the Close in time",
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Opening(why) => why.fmt(f),
            Self::Protocol(error) => write!(f, "the server has broken the protocol: {error}"),
            Self::Closed => f.write_str("the connection is closed"),
            Self::Late(wait) => wait.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Misunderstanding> for Failure {
    fn from(why: Misunderstanding) -> Self {
        Self::Opening(why)
    }
}
