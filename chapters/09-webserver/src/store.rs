//! Where users and sessions are kept: what a database has to be able to do.

mod sqlite;

use std::fmt;

pub use self::sqlite::Sqlite;
use crate::session::Seconds;
use crate::{Key, Name, Session};

/// A user, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The number that sessions name it by.
    pub number: i64,
    /// The hash of the password.
    pub hash: String,
    /// How often the password has been changed.
    pub epoch: i64,
}

/// Whether a user was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It was.
    Yes,
    /// There is one of that name.
    NameTaken,
}

/// Why the database has not done what it was asked to. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// Another connection holds its lock for too long.
    Busy,
    /// There is no room on its disk.
    DiskFull,
    /// Else, as the database says it.
    Other(String),
}

/// A connection to a database of users and sessions. Its worker alone uses it, and may be blocked.
///
/// Every function is done whole or not at all, and what it has changed is on the disk when it returns.
#[allow(clippy::missing_errors_doc, reason = "said above: StoreError")]
pub trait Store: Send {
    /// Adds a user.
    fn add_user(&mut self, name: &Name, hash: &str) -> Result<Added, StoreError>;

    /// The user of this name.
    fn user(&mut self, name: &Name) -> Result<Option<User>, StoreError>;

    /// Stores another hash of the same password, unless that has been changed meanwhile.
    fn replace_hash(&mut self, user: &User, hash: &str) -> Result<(), StoreError>;

    /// Stores a new password, ends all sessions of the user, and begins `session`, whose epoch is the
    /// next one. Whether it did: not, if the password has been changed meanwhile.
    fn change_password(
        &mut self,
        user: &User,
        hash: &str,
        key: &Key,
        session: &Session,
    ) -> Result<bool, StoreError>;

    /// Begins a session, in the place of the session `former`, if there is that. Whether it did: not, if
    /// the password has been changed since the user was read.
    fn begin_session(
        &mut self,
        key: &Key,
        session: &Session,
        former: Option<&Key>,
    ) -> Result<bool, StoreError>;

    /// Ends a session, if there is one.
    fn end_session(&mut self, key: &Key) -> Result<(), StoreError>;

    /// Notes the last use of a session.
    fn touch_session(&mut self, key: &Key, seen: Seconds) -> Result<(), StoreError>;

    /// All sessions that aren't over by `now`. The others are removed.
    fn sessions(&mut self, now: Seconds) -> Result<Vec<(Key, Session)>, StoreError>;
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("the database is locked by another program"),
            Self::DiskFull => f.write_str("the disk of the database is full"),
            Self::Other(what) => write!(f, "the database says: {what}"),
        }
    }
}

impl std::error::Error for StoreError {}

#[cfg(test)]
mod tests;
