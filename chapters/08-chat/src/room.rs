//! The room: a value that knows its members. What happens goes in, addressed letters come out.
//!
//! ```text
//!   join, hear, leave ──► Room ──► letters: to all, to all but one, to one
//!                          │
//!                          ├ members   who is called what
//!                          ├ nicks     whose name is taken
//!                          └ history   the last public lines
//! ```
//!
//! It has no sockets and no reactor: a member is a key that the room's owner chooses. So whatever
//! can happen in a room can be tried without a connection, in any order, thousands of times.
//!
//! # Who is dropped while a line is on its way to all?
//!
//! In C, a loop over all members calls `send`, that fails, the error path frees the member, and the
//! loop goes on from there. Here the loop borrows the room, and a room that is borrowed can't
//! change:
//!
//! ```compile_fail,E0502
//! use ch08_chat::{Room, Why};
//!
//! let mut room = Room::new("test");
//! room.join(1);
//! room.join(2);
//! for member in room.members() {
//!     room.leave(member, Why::Lost); // error: `room` is borrowed by the loop
//! }
//! ```
//!
//! So a member that has to go is noted, and goes when the loop has ended ([`Server`](crate::Server)).
//!
//! | file | what it holds |
//! | --- | --- |
//! | `event.rs`, `letter.rs` | what members are told, and which of them |
//! | `command.rs`, `refusal.rs` | what members type, and what is refused |
//! | `nick.rs`, `unfit.rs`, `text.rs` | names and lines that can be shown |
//!
//! Which names are one, and what nobody sees, is said in the crate `names`, since users of chapter 09 have names, too.

mod command;
mod event;
mod letter;
mod nick;
mod refusal;
mod text;
mod unfit;

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use names::Folded;

pub use self::command::Command;
use self::command::HELP;
pub use self::event::{Event, Here, News, Private, Public, Side, Welcome, Why};
pub use self::letter::{Letter, To};
pub use self::nick::Nick;
pub use self::refusal::{MAX_LINE, Refusal};
pub use self::text::Text;
pub use self::unfit::Unfit;

/// How many lines a newcomer is told that were said before.
pub const HISTORY: usize = 20;

/// How many names are told when a member asks who is here. There may be thousands.
pub const NAMED: usize = 100;

/// A room whose members are known by keys.
#[derive(Debug)]
pub struct Room<K> {
    name: Rc<str>,
    members: BTreeMap<K, Nick>,
    nicks: BTreeMap<Folded, K>,
    history: VecDeque<Public>,
    /// The number of the last public event.
    last: u64,
    /// No smaller number is free for a guest.
    guest: u32,
}

impl<K: Copy + Ord> Room<K> {
    /// An empty room. The name tells one run of a server from another: numbers of events from
    /// before mean nothing in a new room.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            members: BTreeMap::new(),
            nicks: BTreeMap::new(),
            history: VecDeque::new(),
            last: 0,
            guest: 1,
        }
    }

    /// The room as it was when it had published `last` events, and these were its members and its
    /// last lines.
    #[must_use]
    pub fn restored(
        name: &str,
        last: u64,
        members: impl IntoIterator<Item = (K, Nick)>,
        lines: impl IntoIterator<Item = Public>,
    ) -> Self {
        let mut room = Self::new(name);
        room.last = last;
        for (key, nick) in members {
            room.nicks.insert(nick.folded(), key);
            room.members.insert(key, nick);
        }
        room.history.extend(lines);
        let surplus = room.history.len().saturating_sub(HISTORY);
        room.history.drain(..surplus);
        room
    }

    /// The number of the last public event.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// All who are here.
    pub fn members(&self) -> impl Iterator<Item = K> + '_ {
        self.members.keys().copied()
    }

    /// How many are here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether `key` is here.
    #[must_use]
    pub fn contains(&self, key: K) -> bool {
        self.members.contains_key(&key)
    }

    /// What `key` is called.
    #[must_use]
    pub fn nick(&self, key: K) -> Option<&Nick> {
        self.members.get(&key)
    }

    /// A member comes. A key that is here already is not taken in twice.
    #[must_use]
    pub fn join(&mut self, key: K) -> Vec<Letter<K>> {
        let Some(nick) = self.admit(key) else {
            return Vec::new();
        };
        let joined = self.publish(News::Joined { nick: nick.clone() });
        let to = To::AllBut(key);
        vec![
            self.welcome(key, nick, self.last),
            Letter { to, event: joined },
        ]
    }

    /// The same, but the others aren't told: [`Self::crowd`] does that for many.
    #[must_use]
    pub fn join_unnamed(&mut self, key: K) -> Vec<Letter<K>> {
        let nick = self.admit(key);
        let welcome = nick.map(|nick| self.welcome(key, nick, self.last + 1));
        welcome.into_iter().collect()
    }

    /// A newcomer gets a name, unless it is here.
    fn admit(&mut self, key: K) -> Option<Nick> {
        if self.contains(key) {
            return None;
        }
        let nick = self.free_guest();
        self.nicks.insert(nick.folded(), key);
        self.members.insert(key, nick.clone());
        Some(nick)
    }

    fn welcome(&self, key: K, nick: Nick, last: u64) -> Letter<K> {
        let welcome = Event::Welcome(Welcome {
            nick,
            room: Rc::clone(&self.name),
            last,
            here: self.here(),
            history: self.history.iter().cloned().collect(),
        });
        Letter::to_one(key, welcome)
    }

    /// So many have come and gone of whom the others weren't told.
    #[must_use]
    pub fn crowd(&mut self, joined: usize, left: usize) -> Vec<Letter<K>> {
        let event = self.publish(News::Crowd { joined, left });
        vec![Letter { to: To::All, event }]
    }

    /// A member goes.
    #[must_use]
    pub fn leave(&mut self, key: K, why: Why) -> Vec<Letter<K>> {
        let Some(nick) = self.remove(key) else {
            return Vec::new();
        };
        let event = self.publish(News::Left { nick, why });
        vec![Letter { to: To::All, event }]
    }

    /// The same, but the others aren't told: [`Self::crowd`] does that for many. Whether there was
    /// such a member.
    pub fn leave_unnamed(&mut self, key: K) -> bool {
        self.remove(key).is_some()
    }

    fn remove(&mut self, key: K) -> Option<Nick> {
        let nick = self.members.remove(&key)?;
        self.release(&nick);
        Some(nick)
    }

    /// A member has typed a line, or sent what is none. What it asks for is done; whoever has asked
    /// to leave is gone afterwards.
    #[must_use]
    // ANCHOR: hear
    pub fn hear(&mut self, key: K, line: Result<&str, Refusal>) -> Vec<Letter<K>> {
        let Some(nick) = self.members.get(&key).cloned() else {
            return Vec::new();
        };
        let letters = line
            .and_then(Command::parse)
            .and_then(|command| self.obey(key, nick, command));
        letters.unwrap_or_else(|refusal| self.refuse(key, refusal))
    }
    // ANCHOR_END: hear

    /// A member is told that something is refused.
    #[must_use]
    pub fn refuse(&self, key: K, refusal: Refusal) -> Vec<Letter<K>> {
        vec![Letter::to_one(key, Event::Refused(refusal))]
    }

    fn obey(
        &mut self,
        key: K,
        nick: Nick,
        command: Command<'_>,
    ) -> Result<Vec<Letter<K>>, Refusal> {
        let news = match command {
            Command::Say(text) => News::Said {
                nick,
                text: fitting(text)?,
            },
            Command::Act(text) => News::Action {
                nick,
                text: fitting(text)?,
            },
            Command::Rename(name) => self.rename(key, nick, name)?,
            Command::Tell { nick: name, text } => return self.tell(key, &nick, name, text),
            Command::Who => return Ok(vec![Letter::to_one(key, Event::Here(self.here()))]),
            Command::Help => {
                let lines = HELP
                    .iter()
                    .map(|line| Letter::to_one(key, Event::Notice(line)));
                return Ok(lines.collect());
            }
            Command::Quit => {
                let mut letters = vec![Letter::to_one(key, Event::Notice("goodbye"))];
                letters.extend(self.leave(key, Why::Quit));
                return Ok(letters);
            }
            Command::Pong => return Ok(Vec::new()),
        };
        let event = self.publish(news);
        Ok(vec![Letter { to: To::All, event }])
    }

    fn rename(&mut self, key: K, from: Nick, name: &str) -> Result<News, Refusal> {
        let to = Nick::new(name).map_err(Refusal::Unfit)?;
        if to == from {
            return Err(Refusal::Same(to));
        }
        match self.nicks.get(&to.folded()) {
            Some(&other) if other != key => {
                return Err(Refusal::Taken(self.members[&other].clone()));
            }
            _ => {}
        }
        self.release(&from);
        self.nicks.insert(to.folded(), key);
        self.members.insert(key, to.clone());
        Ok(News::Renamed { from, to })
    }

    fn tell(&self, key: K, from: &Nick, name: &str, text: &str) -> Result<Vec<Letter<K>>, Refusal> {
        let Some(&other) = self.nicks.get(&Folded::new(name)) else {
            return Err(Refusal::Nobody(Refusal::repeated(name)));
        };
        if other == key {
            return Err(Refusal::Oneself);
        }
        let (to, text) = (self.members[&other].clone(), fitting(text)?);
        let private = |side| {
            let (from, to, text) = (from.clone(), to.clone(), text.clone());
            Event::Private(Private {
                side,
                from,
                to,
                text,
            })
        };
        Ok(vec![
            Letter::to_one(other, private(Side::Receiver)),
            Letter::to_one(key, private(Side::Sender)),
        ])
    }

    /// Numbers what has happened, and remembers it for newcomers if it is something that was said.
    fn publish(&mut self, news: News) -> Event {
        self.last += 1;
        let public = Public {
            id: self.last,
            news,
        };
        if matches!(public.news, News::Said { .. } | News::Action { .. }) {
            if self.history.len() == HISTORY {
                self.history.pop_front();
            }
            self.history.push_back(public.clone());
        }
        Event::Public(public)
    }

    fn here(&self) -> Here {
        let first = self.nicks.values().take(NAMED);
        Here {
            count: self.len(),
            nicks: first.map(|key| self.members[key].clone()).collect(),
        }
    }

    fn free_guest(&mut self) -> Nick {
        let mut nick = Nick::guest(self.guest);
        while self.nicks.contains_key(&nick.folded()) {
            self.guest += 1;
            nick = Nick::guest(self.guest);
        }
        nick
    }

    /// No member is called `nick` any more.
    fn release(&mut self, nick: &Nick) {
        self.nicks.remove(&nick.folded());
        if let Some(number) = nick.guest_number() {
            self.guest = self.guest.min(number.max(1));
        }
    }
}

/// The text that stands for what was typed, unless that is too long: a control character has three bytes
/// once it can be seen.
fn fitting(typed: &str) -> Result<Text, Refusal> {
    let text = Text::new(typed);
    if text.as_str().len() > MAX_LINE {
        return Err(Refusal::TooLong);
    }
    Ok(text)
}
