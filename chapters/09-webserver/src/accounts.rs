//! What a worker does: all that takes time, or waits for the disk.

use std::fmt;

use crate::password::Hasher;
use crate::session::Seconds;
use crate::store::{Added, Store, StoreError};
use crate::{Key, Name, Password, Session, Token};

/// What is to be done.
#[derive(Debug, Clone)]
pub enum Job {
    /// Make a new user.
    Register {
        /// Its name.
        name: Name,
        /// Its password.
        password: Password,
    },
    /// Begin a session.
    LogIn {
        /// Whose.
        name: Name,
        /// The password, right or wrong.
        password: Password,
        /// The session that the browser has: it ends.
        former: Option<Key>,
        /// The time.
        now: Seconds,
    },
    /// End a session.
    LogOut {
        /// Which.
        key: Key,
    },
    /// Change a password. This ends all sessions of the user, and begins one.
    ChangePassword {
        /// Whose.
        name: Name,
        /// The password, right or wrong.
        old: Password,
        /// The one from now on.
        new: Password,
        /// The time.
        now: Seconds,
    },
    /// Note the last use of a session.
    Touch {
        /// Which.
        key: Key,
        /// When it was.
        seen: Seconds,
    },
}

/// What has come of it.
#[derive(Debug, Clone)]
pub enum Done {
    /// There is a new user.
    Registered,
    /// There is one of that name already.
    NameTaken,
    /// The name or the password is wrong.
    WrongPassword,
    /// A session has begun.
    LoggedIn {
        /// What the browser gets.
        token: Token,
        /// The session.
        session: Session,
        /// The one that has ended.
        former: Option<Key>,
    },
    /// A session has ended.
    LoggedOut {
        /// Which.
        key: Key,
    },
    /// The password was changed, all sessions of the user have ended, and this one has begun.
    PasswordChanged {
        /// What the browser gets.
        token: Token,
        /// The session.
        session: Session,
    },
    /// It was noted.
    Touched,
    /// Nothing was done.
    Failed(StoreError),
}

/// A worker: what hashes passwords, and a connection to the database.
pub struct Accounts {
    store: Box<dyn Store>,
    hasher: Hasher,
}

impl Accounts {
    /// A worker with a connection of its own.
    #[must_use]
    pub fn new(store: Box<dyn Store>) -> Self {
        Self {
            store,
            hasher: Hasher::new(),
        }
    }

    /// One whose hashes cost next to nothing.
    #[cfg(test)]
    fn quick(store: Box<dyn Store>) -> Self {
        let hasher = Hasher::with(64, 1);
        Self { store, hasher }
    }

    /// Does a job. This may take long.
    pub fn work(&mut self, job: Job) -> Done {
        let done = match job {
            Job::Register { name, password } => self.register(&name, &password),
            Job::LogIn {
                name,
                password,
                former,
                now,
            } => self.log_in(name, &password, former, now),
            Job::LogOut { key } => self
                .store
                .end_session(&key)
                .map(|()| Done::LoggedOut { key }),
            Job::ChangePassword {
                name,
                old,
                new,
                now,
            } => self.change_password(name, &old, &new, now),
            Job::Touch { key, seen } => {
                self.store.touch_session(&key, seen).map(|()| Done::Touched)
            }
        };
        done.unwrap_or_else(Done::Failed)
    }

    fn register(&mut self, name: &Name, password: &Password) -> Result<Done, StoreError> {
        // Before it is hashed: this spares the time, and tells no more than the answer does.
        if self.store.user(name)?.is_some() {
            return Ok(Done::NameTaken);
        }
        let hash = self.hash(password)?;
        // Another worker may have added the same name meanwhile: the database decides.
        match self.store.add_user(name, &hash)? {
            Added::Yes => Ok(Done::Registered),
            Added::NameTaken => Ok(Done::NameTaken),
        }
    }

    // ANCHOR: log_in
    fn log_in(
        &mut self,
        name: Name,
        password: &Password,
        former: Option<Key>,
        now: Seconds,
    ) -> Result<Done, StoreError> {
        let user = self.store.user(&name)?;
        let hash = user.as_ref().map(|user| user.hash.as_str());
        let right = self.hasher.verify(password, hash);
        let Some(user) = user.filter(|_| right) else {
            return Ok(Done::WrongPassword);
        };
        if self.hasher.has_outgrown(&user.hash) {
            let hash = self.hash(password)?;
            self.store.replace_hash(&user, &hash)?;
        }
        // A new token, whatever the browser had: it may have been given that one by an attacker.
        let token = token()?;
        let (user, epoch) = (user.number, user.epoch);
        let session = Session {
            user,
            name,
            epoch,
            began: now,
            seen: now,
        };
        let key = token.key();
        if !self.store.begin_session(&key, &session, former.as_ref())? {
            return Ok(Done::WrongPassword); // it was changed a moment ago
        }
        Ok(Done::LoggedIn {
            token,
            session,
            former,
        })
    }
    // ANCHOR_END: log_in

    fn change_password(
        &mut self,
        name: Name,
        old: &Password,
        new: &Password,
        now: Seconds,
    ) -> Result<Done, StoreError> {
        let user = self.store.user(&name)?;
        let hash = user.as_ref().map(|user| user.hash.as_str());
        let right = self.hasher.verify(old, hash);
        let Some(user) = user.filter(|_| right) else {
            return Ok(Done::WrongPassword);
        };
        let hash = self.hash(new)?;
        let token = token()?;
        let (number, epoch) = (user.number, user.epoch + 1);
        let session = Session {
            user: number,
            name,
            epoch,
            began: now,
            seen: now,
        };
        if !self
            .store
            .change_password(&user, &hash, &token.key(), &session)?
        {
            return Ok(Done::WrongPassword);
        }
        Ok(Done::PasswordChanged { token, session })
    }

    fn hash(&mut self, password: &Password) -> Result<String, StoreError> {
        let none = || StoreError::Other("no random bytes for a salt".to_owned());
        self.hasher.hash(password).ok_or_else(none)
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}

fn token() -> Result<Token, StoreError> {
    Token::random().map_err(|error| StoreError::Other(error.to_string()))
}

#[cfg(test)]
mod tests;
