//! Entries: what the log has in it.

use chat::Why;
use serde::{Deserialize, Serialize};

use crate::Token;

/// An entry of the log: what a server has submitted.
///
/// The sender of an append that got no answer can't know whether it was carried out, so it sends it
/// again, and the log has the entry twice. Its number lets every server apply it once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
// ANCHOR: entry
pub struct Entry {
    /// The epoch of the server that has submitted it. No two runs of servers share one.
    pub epoch: u64,
    /// It counts up from 1 in each epoch.
    pub number: u64,
    /// What is to be done.
    pub command: Command,
}
// ANCHOR_END: entry

/// What is to be done to the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
// ANCHOR: command
#[expect(
    missing_docs,
    reason = "the names say it, and the variant's comment the rest"
)]
pub enum Command {
    /// A server begins its epoch. By the nonce it finds its own entry.
    Open { nonce: Token },
    /// The server of that epoch is gone: whatever it submits from here on is refused.
    Gone { epoch: u64 },
    /// A client comes, or comes back: it sits at `seat` of the submitting server, and has seen the
    /// events up to `seen`.
    Join {
        token: Token,
        seat: u64,
        seen: Option<u64>,
    },
    /// A member has typed a line. If it is numbered, it is heard once, however often it is sent.
    Hear {
        token: Token,
        seat: u64,
        number: Option<u64>,
        line: String,
    },
    /// A member's connection has ended.
    Leave {
        token: Token,
        seat: u64,
        why: Reason,
    },
}
// ANCHOR_END: command

/// Why a member goes: chapter 08's [`Why`], for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Of its own will.
    Quit,
    /// It read too slowly.
    Slow,
    /// It was silent for too long.
    Silent,
    /// Its connection has failed.
    Lost,
}

impl From<Reason> for Why {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Quit => Self::Quit,
            Reason::Slow => Self::TooSlow,
            Reason::Silent => Self::NothingHeard,
            Reason::Lost => Self::Lost,
        }
    }
}
