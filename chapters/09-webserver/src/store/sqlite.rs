//! `SQLite`: a database in one file, which needs no set-up.
//!
//! `journal_mode=WAL` lets readers read while one connection writes; `synchronous=FULL` has each
//! commit on the disk before it returns (<https://sqlite.org/pragma.html#pragma_synchronous>). All that comes from a
//! client is *bound* to a `?` of its statement: it is never part of SQL, so it can't say anything in it.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};

use super::{Added, Store, StoreError, User};
use crate::session::Seconds;
use crate::{Key, Name, Session};

/// How long a connection waits for another one's lock.
const PATIENCE: Duration = Duration::from_secs(5);

/// What makes each version of the tables of the one before. `user_version` says how many were done.
const STEPS: [&str; 1] = ["
    CREATE TABLE users (
        number INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        hash TEXT NOT NULL,
        epoch INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE sessions (
        key BLOB PRIMARY KEY,
        user INTEGER NOT NULL REFERENCES users (number) ON DELETE CASCADE,
        epoch INTEGER NOT NULL,
        began INTEGER NOT NULL,
        seen INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sessions_of ON sessions (user);
"];

/// A connection to a database in a file.
#[derive(Debug)]
pub struct Sqlite(Connection);

impl Sqlite {
    /// Opens the database in `file`, and makes it if there is none. Only this user may read it.
    ///
    /// # Errors
    /// If the file can't be opened, is no database, or was made by a later version of this server.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let made = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(file);
        made.map_err(|error| StoreError::Other(error.to_string()))?;
        let mut connection = Connection::open(file)?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        migrate(&mut connection)?;
        Ok(Self(connection))
    }
}

/// Brings the tables up to date.
fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    // Several workers open the file at the same time, and one of them does it.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let steps = (1..).zip(STEPS).skip_while(|(version, _)| *version <= done);
    for (version, step) in steps {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    if done as usize > STEPS.len() {
        let what = format!(
            "it was made by a later version ({done}; this one knows {})",
            STEPS.len()
        );
        return Err(StoreError::Other(what));
    }
    Ok(transaction.commit()?)
}

impl Store for Sqlite {
    // ANCHOR: add_user
    fn add_user(&mut self, name: &Name, hash: &str) -> Result<Added, StoreError> {
        let sql = "INSERT INTO users (name, hash) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
        match self
            .0
            .prepare_cached(sql)?
            .execute(params![name.as_str(), hash])?
        {
            0 => Ok(Added::NameTaken),
            _ => Ok(Added::Yes),
        }
    }
    // ANCHOR_END: add_user

    fn user(&mut self, name: &Name) -> Result<Option<User>, StoreError> {
        let sql = "SELECT number, hash, epoch FROM users WHERE name = ?1";
        let mut statement = self.0.prepare_cached(sql)?;
        let user = statement.query_row([name.as_str()], |row| {
            Ok(User {
                number: row.get(0)?,
                hash: row.get(1)?,
                epoch: row.get(2)?,
            })
        });
        Ok(user.optional()?)
    }

    fn replace_hash(&mut self, user: &User, hash: &str) -> Result<(), StoreError> {
        let sql = "UPDATE users SET hash = ?1 WHERE number = ?2 AND epoch = ?3";
        self.0
            .execute(sql, params![hash, user.number, user.epoch])?;
        Ok(())
    }

    fn change_password(
        &mut self,
        user: &User,
        hash: &str,
        key: &Key,
        session: &Session,
    ) -> Result<bool, StoreError> {
        let transaction = self
            .0
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "UPDATE users SET hash = ?1, epoch = epoch + 1 WHERE number = ?2 AND epoch = ?3";
        let changed = transaction.execute(sql, params![hash, user.number, user.epoch])?;
        if changed == 0 {
            return Ok(false);
        }
        transaction.execute("DELETE FROM sessions WHERE user = ?1", [user.number])?;
        let begun = insert(&transaction, key, session)?;
        transaction.commit()?;
        Ok(begun)
    }

    fn begin_session(
        &mut self,
        key: &Key,
        session: &Session,
        former: Option<&Key>,
    ) -> Result<bool, StoreError> {
        let transaction = self
            .0
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let begun = insert(&transaction, key, session)?;
        if let Some(former) = former.filter(|_| begun) {
            transaction.execute("DELETE FROM sessions WHERE key = ?1", [former.0])?;
        }
        transaction.commit()?;
        Ok(begun)
    }

    fn end_session(&mut self, key: &Key) -> Result<(), StoreError> {
        self.0
            .execute("DELETE FROM sessions WHERE key = ?1", [key.0])?;
        Ok(())
    }

    fn touch_session(&mut self, key: &Key, seen: Seconds) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET seen = max(seen, ?1) WHERE key = ?2";
        self.0.execute(sql, params![seen, key.0])?;
        Ok(())
    }

    fn sessions(&mut self, now: Seconds) -> Result<Vec<(Key, Session)>, StoreError> {
        let sql = "DELETE FROM sessions WHERE began <= ?1 OR seen <= ?2";
        self.0
            .execute(sql, [now - Session::LIFE, now - Session::IDLE])?;
        let sql = "SELECT key, user, name, sessions.epoch, began, seen
                   FROM sessions JOIN users ON user = number";
        let mut statement = self.0.prepare(sql)?;
        let sessions = statement.query_map([], |row| {
            let session = Session {
                user: row.get(1)?,
                name: Name::stored(row.get(2)?),
                epoch: row.get(3)?,
                began: row.get(4)?,
                seen: row.get(5)?,
            };
            Ok((Key(row.get(0)?), session))
        })?;
        Ok(sessions.collect::<Result<_, _>>()?)
    }
}

/// Begins a session, if its user's password is still the one that it was begun with.
fn insert(connection: &Connection, key: &Key, session: &Session) -> Result<bool, StoreError> {
    let sql = "INSERT INTO sessions (key, user, epoch, began, seen)
               SELECT ?1, number, epoch, ?4, ?5 FROM users WHERE number = ?2 AND epoch = ?3";
    let Session {
        user,
        epoch,
        began,
        seen,
        ..
    } = session;
    let values = params![key.0, user, epoch, began, seen];
    Ok(connection.prepare_cached(sql)?.execute(values)? > 0)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::Other(error.to_string()),
        }
    }
}
