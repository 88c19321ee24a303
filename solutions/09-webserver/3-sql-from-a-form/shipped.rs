//! # 09-3 SQL from a form
//!
//! The documents' server makes an SQL statement of what a form has sent, by pasting. So whoever fills the form in
//! writes a part of the statement. Here are four functions that do the same. They work, with the names and passwords
//! that their author has thought of. Find what is wrong with each of them, and mend it:
//!
//! - `register` adds one user, with this name and this password, whatever characters they have. (Passwords would be
//!   hashed; that isn't the subject here.) A taken name is refused.
//! - `log_in` says whether there is a user with this name and this password.
//! - `search` gives the names that begin with a text, sorted. All of the text is meant as it is.
//! - `list` gives all names, sorted by `name` or by `number`, as the query of a page asks. Anything else is
//!   [`Error::Unknown`].
//!
//! Read: <https://www.sqlite.org/lang_expr.html>, on parameters, and on LIKE and its ESCAPE.

use rusqlite::Connection;

/// Why something wasn't done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The name is taken.
    Taken,
    /// There is nothing to sort by that is called so.
    Unknown,
    /// The database says no.
    Failed,
}

/// An empty database, in memory.
///
/// # Errors
///
/// [`Error::Failed`]
pub fn database() -> Result<Connection, Error> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(
        "CREATE TABLE users (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL)",
    )?;
    Ok(connection)
}

/// Adds a user.
///
/// # Errors
///
/// [`Error::Taken`]
pub fn register(connection: &Connection, name: &str, password: &str) -> Result<(), Error> {
    let sql = format!("INSERT INTO users (name, password) VALUES ('{name}', '{password}')");
    connection.execute_batch(&sql)?;
    Ok(())
}

/// Whether there is such a user.
///
/// # Errors
///
/// [`Error::Failed`]
pub fn log_in(connection: &Connection, name: &str, password: &str) -> Result<bool, Error> {
    let sql = format!("SELECT name FROM users WHERE name = '{name}' AND password = '{password}'");
    Ok(!names(connection, &sql, [])?.is_empty())
}

/// The names that begin with `text`, sorted.
///
/// # Errors
///
/// [`Error::Failed`]
pub fn search(connection: &Connection, text: &str) -> Result<Vec<String>, Error> {
    let sql = format!("SELECT name FROM users WHERE name LIKE '{text}%' ORDER BY name");
    names(connection, &sql, [])
}

/// All names, sorted by `name` or by `number`.
///
/// # Errors
///
/// [`Error::Unknown`]
pub fn list(connection: &Connection, by: &str) -> Result<Vec<String>, Error> {
    let sql = format!("SELECT name FROM users ORDER BY {by}");
    names(connection, &sql, [])
}

/// The names that a statement selects.
fn names<P: rusqlite::Params>(connection: &Connection, sql: &str, values: P) -> Result<Vec<String>, Error> {
    let mut statement = connection.prepare(sql)?;
    let names = statement.query_map(values, |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Taken,
            _ => Self::Failed,
        }
    }
}
