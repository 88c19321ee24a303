//! The log: commands are submitted to it, and come back in the order in which they are applied.
//!
//! ```text
//!                submit ──► queue ──► appender ──► engine
//!   the loop                                         │
//!                take   ◄── queue ◄── follower ◄─────┘
//!                             └─ wakes the loop
//! ```
//!
//! The loop never waits. A queue that is full refuses, and the member is told so.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `local.rs` | a log in memory: chapter 08's server again |
//! | `redis.rs` | a log in Redis, as the loop sees it |
//! | `appender.rs`, `follower.rs` | the two threads that wait for the engine |
//! | `engine.rs` | what is asked of the engine |

mod appender;
mod engine;
mod follower;
mod local;
mod redis;

use std::fmt;

pub use self::local::LocalLog;
pub use self::redis::RedisLog;
use crate::{Command, Entry, State, Token};

/// The log is too far behind to take more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// What the log tells.
#[derive(Debug)]
pub enum Report {
    /// This is the room, as it was at some entry; those after it follow. It comes first, and again
    /// whenever the log isn't the one that was followed.
    Begun {
        /// What the room is called.
        name: String,
        /// What it was like; nothing has happened in it otherwise.
        state: Option<Box<State>>,
    },
    /// The next entry, and its place in the log.
    Next {
        /// Which it is, counted from 1.
        position: u64,
        /// What it says.
        entry: Entry,
    },
    /// The engine can't be reached.
    Away,
    /// It can again.
    Back,
    /// The lease of this epoch has run out: its server may be declared gone.
    Expired {
        /// Which.
        epoch: u64,
    },
}

/// A log.
#[derive(Debug)]
pub enum Log {
    /// In memory.
    Local(LocalLog),
    /// In Redis.
    Redis(RedisLog),
}

impl Log {
    /// Begins an epoch: an [`Open`](Command::Open) with this nonce will come back.
    pub fn open(&mut self, nonce: Token) {
        match self {
            Self::Local(log) => log.open(nonce),
            Self::Redis(log) => log.open(nonce),
        }
    }

    /// The epoch has begun: what is submitted from here on belongs to it.
    pub fn opened(&mut self, epoch: u64) {
        match self {
            Self::Local(log) => log.opened(epoch),
            Self::Redis(log) => log.opened(epoch),
        }
    }

    /// Submits a command.
    ///
    /// # Errors
    /// If too many wait already.
    pub fn submit(&mut self, command: Command) -> Result<(), Full> {
        match self {
            Self::Local(log) => {
                log.submit(command);
                Ok(())
            }
            Self::Redis(log) => log.submit(command),
        }
    }

    /// What the log tells next, if it has come.
    pub fn take(&mut self) -> Option<Report> {
        match self {
            Self::Local(log) => log.take(),
            Self::Redis(log) => log.take(),
        }
    }

    /// These servers' leases are to be watched.
    pub fn watch(&mut self, epochs: Vec<u64>) {
        if let Self::Redis(log) = self {
            log.watch(epochs);
        }
    }

    /// Whether a snapshot at `position` would be of use.
    #[must_use]
    pub fn wants_snapshot(&self, position: u64) -> bool {
        match self {
            Self::Local(_) => false,
            Self::Redis(log) => log.wants_snapshot(position),
        }
    }

    /// The room at `position`, for newcomers; the log before it isn't needed any more.
    pub fn snapshot(&mut self, position: u64, state: &State) {
        if let Self::Redis(log) = self {
            log.snapshot(position, state);
        }
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the log takes nothing now")
    }
}

impl std::error::Error for Full {}
