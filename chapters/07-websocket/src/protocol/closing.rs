//! The closing handshake: each side sends one Close, and nothing after it.
//!
//! ```text
//!              we close                       their Close
//!   Open ─────────────────────► Sent ─────────────────────────► Done
//!     │                                                          ▲ ▲
//!     │ their Close: we answer with one of our own               │ │
//!     ├──────────────────────────────────────────────────────────┘ │
//!     │ an error: a Close that says so, and what comes             │
//!     │ is no longer read                                          │
//!     └────────────────────────────────────────────────────────────┘
//! ```
//!
//! Once it is `Done`, the server closes the TCP connection, and a client waits for that: the side that
//! closes first keeps its port in TIME-WAIT, and a server has only the one (RFC 6455 §7.1.1). A
//! connection that ends in another state wasn't closed cleanly, and an application is told
//! [`CloseCode::ABNORMAL`](crate::CloseCode::ABNORMAL).

use crate::{Close, Error};

/// How far a connection is with closing (RFC 6455 §7.1). It says which Close to send, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closing {
    /// It is not.
    #[default]
    Open,
    /// A Close has been sent, and theirs hasn't come. Until then they may still send, even
    /// messages, which are theirs to lose.
    Sent,
    /// Nothing more is sent, and nothing more is read.
    Done,
}

impl Closing {
    /// We close with `close`: the Close to send, unless one has been sent.
    #[must_use]
    pub fn close<'a>(&mut self, close: Close<'a>) -> Option<Close<'a>> {
        match self {
            Self::Open => {
                *self = Self::Sent;
                Some(close)
            }
            Self::Sent | Self::Done => None,
        }
    }

    /// Their Close has come: the Close to send, if we owe one. It has the code that theirs has
    /// (RFC 6455 §5.5.1).
    #[must_use]
    // ANCHOR: received
    pub fn received(&mut self, theirs: Close<'_>) -> Option<Close<'static>> {
        match std::mem::replace(self, Self::Done) {
            Self::Open => Some(Close {
                code: theirs.code,
                reason: "",
            }),
            Self::Sent | Self::Done => None,
        }
    }
    // ANCHOR_END: received

    /// They have broken the protocol: the Close to send, unless one has been sent.
    #[must_use]
    pub fn failed(&mut self, error: Error) -> Option<Close<'static>> {
        match std::mem::replace(self, Self::Done) {
            Self::Open => Some(Close::from(error)),
            Self::Sent | Self::Done => None,
        }
    }

    /// Whether messages may still be sent.
    #[inline]
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open)
    }
}

#[cfg(test)]
mod tests;
