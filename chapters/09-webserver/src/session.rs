//! A session: a user who has logged in, in one browser.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::Name;

/// Seconds since 1970 (`SystemTime`): sessions outlive the process, and its own clock doesn't.
pub type Seconds = i64;

/// The time.
#[must_use]
pub fn seconds_now() -> Seconds {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Seconds::try_from(since.unwrap_or(Duration::ZERO).as_secs()).unwrap_or(Seconds::MAX)
}

/// A user who has logged in, in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The user's number in the database.
    pub user: i64,
    /// The user's name.
    pub name: Name,
    /// How often the user's password had been changed when the session began. Another change ends it.
    pub epoch: i64,
    /// When it began.
    pub began: Seconds,
    /// When it was last used, give or take [`Self::TOUCH`].
    pub seen: Seconds,
}

impl Session {
    /// How long a session lasts: a week.
    pub const LIFE: Seconds = 7 * 24 * 60 * 60;

    /// How long it lasts unused: a day.
    pub const IDLE: Seconds = 24 * 60 * 60;

    /// How old the stored time of its last use may be. To write that at each request would cost more
    /// than all of the request.
    pub const TOUCH: Seconds = 10 * 60;

    /// Whether it has ended by `now`.
    #[must_use]
    pub fn is_over(&self, now: Seconds) -> bool {
        now - self.began >= Self::LIFE || now - self.seen >= Self::IDLE
    }
}
