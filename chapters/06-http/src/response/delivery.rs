//! How an answer goes out: how much of it, and what follows it.

use crate::{Connection, Head, Method, Version};

/// How an answer goes out. Its request decides that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivery {
    /// How much of it.
    pub extent: Extent,
    /// What it says of the connection, beside fields of its own.
    pub connection: Connection,
}

/// How much of an answer goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// The same head and no content: the request was HEAD (RFC 9110 §9.3.2).
    Head,
}

impl Delivery {
    // ANCHOR: of
    /// How the answer to this request goes out (RFC 9112 §9.3).
    #[inline]
    pub(crate) fn of(head: &Head<'_>) -> Self {
        Self {
            extent: match head.method {
                Method::Head => Extent::Head,
                _ => Extent::Whole,
            },
            connection: match (head.keep_alive(), head.version) {
                (false, _) => Connection::Close,
                (true, Version::Http10) => Connection::KeepAlive,
                (true, Version::Http11) => Connection::Unsaid,
            },
        }
    }
    // ANCHOR_END: of

    /// The same, as the connection's last.
    pub(crate) fn and_close(self) -> Self {
        Self {
            connection: Connection::Close,
            ..self
        }
    }
}
