//! The loop's copy of the sessions: whether a request has one is told without asking the database.
//!
//! What always holds: no session is here that the database doesn't have, but for the moment between
//! a worker's write and the loop's next look at the results. And results may come in another order
//! than the writes: a login that was written *before* a change of the password may be told of *after* it, and
//! must not bring back what the change has ended. So each session has the number of changes that it
//! knows of, its epoch.

use std::collections::HashMap;

use crate::session::Seconds;
use crate::{Key, Session};

/// The sessions that there are.
#[derive(Debug, Default)]
pub struct Sessions {
    sessions: HashMap<Key, Session>,
    /// Of users whose password was changed since the start: how often it has been in all.
    epochs: HashMap<i64, i64>,
}

impl Sessions {
    /// As many are kept at most, in some 30 MB. Then logins are refused.
    pub const MAX: usize = 100_000;

    /// Whether there is room for another one. Those that are over by `now` make room.
    pub fn has_room(&mut self, now: Seconds) -> bool {
        if self.sessions.len() >= Self::MAX {
            self.sessions.retain(|_, session| !session.is_over(now));
        }
        self.sessions.len() < Self::MAX
    }

    // ANCHOR: insert
    /// There is this session, unless a change of its user's password has ended it.
    pub fn insert(&mut self, key: Key, session: Session) {
        if self
            .epochs
            .get(&session.user)
            .is_none_or(|&epoch| session.epoch >= epoch)
        {
            self.sessions.insert(key, session);
        }
    }
    // ANCHOR_END: insert

    /// The session with this key, if it isn't over by `now`.
    pub fn get_mut(&mut self, key: &Key, now: Seconds) -> Option<&mut Session> {
        self.sessions
            .get_mut(key)
            .filter(|session| !session.is_over(now))
    }

    /// The session has ended.
    pub fn remove(&mut self, key: &Key) {
        self.sessions.remove(key);
    }

    /// The password of `user` was changed for the `epoch`th time: this ends all earlier sessions.
    pub fn password_changed(&mut self, user: i64, epoch: i64) {
        let known = self.epochs.entry(user).or_insert(epoch);
        *known = epoch.max(*known);
        let epoch = *known;
        self.sessions
            .retain(|_, session| session.user != user || session.epoch >= epoch);
    }

    /// How many there are, those included that are over and not yet removed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Sessions;
    use crate::{Key, Name, Session};

    fn session(user: i64, epoch: i64) -> Session {
        let name = Name::new("ada").unwrap();
        Session {
            user,
            name,
            epoch,
            began: 1000,
            seen: 1000,
        }
    }

    const KEY: Key = Key([1; 32]);

    #[test]
    fn a_session_is_over_after_a_week_however_often_it_is_used() {
        let mut sessions = Sessions::default();
        sessions.insert(KEY, session(1, 0));
        let end = 1000 + Session::LIFE;
        for now in (1000..end).step_by(3600) {
            sessions.get_mut(&KEY, now).expect("it lasts").seen = now;
        }
        assert_eq!(sessions.get_mut(&KEY, end), None);
    }

    #[test]
    fn a_session_is_over_after_a_day_without_use() {
        let mut sessions = Sessions::default();
        sessions.insert(KEY, session(1, 0));
        assert!(sessions.get_mut(&KEY, 999 + Session::IDLE).is_some());
        assert!(sessions.get_mut(&KEY, 1000 + Session::IDLE).is_none());
    }

    #[test]
    fn a_login_that_is_told_of_late_does_not_survive_the_change_that_ended_it() {
        let mut sessions = Sessions::default();
        sessions.password_changed(1, 5);
        sessions.insert(KEY, session(1, 4));
        assert!(sessions.is_empty());
        sessions.insert(KEY, session(1, 5));
        sessions.insert(Key([2; 32]), session(2, 0));
        assert_eq!(sessions.len(), 2);
    }

    #[test]
    fn sessions_that_are_over_make_room() {
        let mut sessions = Sessions::default();
        for number in 0..Sessions::MAX {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_le_bytes());
            sessions.insert(Key(key), session(1, 0));
        }
        assert!(!sessions.has_room(1000));
        assert!(sessions.has_room(1000 + Session::IDLE));
        assert!(sessions.is_empty());
    }

    /// What may be written to the database.
    #[derive(Debug, Clone, Copy)]
    enum Write {
        Begin(u8),
        Change,
    }

    proptest! {
        /// In whatever order the results of writes come, the copy ends with what the database has.
        #[test]
        fn the_copy_ends_as_the_database_whatever_the_order_of_results(
            writes in prop::collection::vec(
                prop_oneof![3 => any::<u8>().prop_map(Write::Begin), 1 => Just(Write::Change)], 0..20,
            ),
            shuffle in prop::collection::vec(any::<prop::sample::Index>(), 20),
        ) {
            // What the database does, in order.
            let (mut epoch, mut stored, mut results) = (0, Vec::new(), Vec::new());
            for write in writes {
                match write {
                    Write::Begin(key) => {
                        let key = Key([key; 32]);
                        stored.retain(|other| *other != key);
                        stored.push(key);
                        results.push((Some(key), epoch));
                    }
                    Write::Change => {
                        epoch += 1;
                        stored.clear();
                        results.push((None, epoch));
                    }
                }
            }
            // A token is never used twice, so neither is a key.
            let mut keys: Vec<_> = results.iter().filter_map(|(key, _)| *key).collect();
            keys.sort_by_key(|key| key.0);
            keys.dedup();
            prop_assume!(keys.len() == results.iter().filter(|(key, _)| key.is_some()).count());
            for (at, with) in (0..results.len()).zip(&shuffle) {
                let with = with.index(results.len());
                results.swap(at, with);
            }
            let mut sessions = Sessions::default();
            for (key, epoch) in results {
                match key {
                    Some(key) => sessions.insert(key, session(1, epoch)),
                    None => sessions.password_changed(1, epoch),
                }
            }
            prop_assert_eq!(sessions.len(), stored.len());
            for key in stored {
                prop_assert!(sessions.get_mut(&key, 1000).is_some());
            }
        }
    }
}
