//! The replica: the room as a function of its log.
//!
//! ```text
//!   entry ──► epoch live? ──► number new? ──► Room (chapter 08) ──► effects
//!              no: nothing     no: nothing
//! ```
//!
//! It has no socket, no thread and no clock, and iterates over nothing whose order is left open. So two
//! replicas that applied the same entries are equal, wherever they began: at the first entry, or from
//! the [`State`] of another one.
//!
//! What always holds: an entry changes something once at most, and nothing after its server was declared
//! gone; a numbered line is heard once; no two members share a name.

mod departed;
mod servers;
mod state;

use std::collections::{BTreeMap, VecDeque};

use chat::{Command as Typed, Event, Letter, News, Nick, Public, Refusal, Room, To, Welcome, Why};

use self::departed::Departed;
use self::servers::Servers;
pub use self::state::State;
use crate::{Command, Entry, Reason, Token};

/// How many lines are kept for clients that come back.
pub const KEPT: usize = 1000;

/// Where a member sits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// At which server.
    pub epoch: u64,
    /// Which of its connections.
    pub seat: u64,
}

/// What comes of an entry, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names say it, and the variant's comment the rest"
)]
pub enum Effect {
    /// A server has begun its epoch.
    Opened { nonce: Token, epoch: u64 },
    /// A server was declared gone.
    Gone { epoch: u64 },
    /// A member sits here now.
    Seated { token: Token, place: Place },
    /// Members are told.
    Tell(Letter<Token>),
    /// A numbered line has been heard, by this entry or by an earlier one.
    Heard { token: Token, number: u64 },
    /// A member doesn't sit here any more.
    Unseated {
        token: Token,
        place: Place,
        why: Option<Why>,
    },
}

/// What is known of a member beside its name.
#[derive(Debug, Clone, Copy)]
struct Member {
    place: Place,
    /// The number of its last line that was heard.
    heard: u64,
}

/// A room, and what its servers must agree on beside it.
#[derive(Debug)]
pub struct Replica {
    name: String,
    room: Room<Token>,
    members: BTreeMap<Token, Member>,
    departed: Departed,
    servers: Servers,
    said: VecDeque<Public>,
}

impl Replica {
    /// The room of a log that has no entry yet.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            room: Room::new(name),
            members: BTreeMap::new(),
            departed: Departed::default(),
            servers: Servers::default(),
            said: VecDeque::new(),
        }
    }

    /// What `token` is called.
    #[must_use]
    pub fn nick(&self, token: Token) -> Option<&Nick> {
        self.room.nick(token)
    }

    /// How many are here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.room.len()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.room.is_empty()
    }

    /// What the room is called: another log is another room.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The epochs of servers that haven't been declared gone.
    pub fn epochs(&self) -> impl Iterator<Item = u64> + '_ {
        self.servers.epochs()
    }

    /// Applies the log's next entry.
    #[must_use]
    // ANCHOR: apply
    pub fn apply(&mut self, entry: &Entry) -> Vec<Effect> {
        let epoch = entry.epoch;
        if let Command::Open { nonce } = entry.command {
            let opened = self.servers.open(epoch);
            return Vec::from_iter(opened.then_some(Effect::Opened { nonce, epoch }));
        }
        if !self.servers.admit(epoch, entry.number) {
            return Vec::new(); // a second time, or too late
        }
        let mut effects = Vec::new();
        let place = |seat| Place { epoch, seat };
        match &entry.command {
            Command::Open { .. } => {}
            Command::Gone { epoch } => self.gone(*epoch, &mut effects),
            Command::Join { token, seat, seen } => {
                self.join(*token, place(*seat), *seen, &mut effects);
            }
            Command::Hear {
                token,
                seat,
                number,
                line,
            } => self.hear(*token, place(*seat), *number, line, &mut effects),
            Command::Leave { token, seat, why } => {
                self.leave(*token, place(*seat), *why, &mut effects);
            }
        }
        effects
    }
    // ANCHOR_END: apply

    /// What `token` is told who has typed `line`, if that changes nothing: help, who is here, or what
    /// is refused. `None` if it belongs in the log.
    pub fn ask(&mut self, token: Token, line: Result<&str, Refusal>) -> Option<Vec<Letter<Token>>> {
        let asks = match &line {
            Ok(line) => Typed::parse(line).map_or(true, |typed| {
                matches!(typed, Typed::Who | Typed::Help | Typed::Pong)
            }),
            Err(_) => true,
        };
        asks.then(|| self.room.hear(token, line))
    }

    fn gone(&mut self, epoch: u64, effects: &mut Vec<Effect>) {
        if !self.servers.close(epoch) {
            return; // it was declared gone before
        }
        effects.push(Effect::Gone { epoch });
        let there = |(token, member): (&Token, &Member)| {
            (member.place.epoch == epoch).then_some((*token, member.place))
        };
        let lost: Vec<_> = self.members.iter().filter_map(there).collect();
        for (token, place) in lost {
            self.leave(token, place, Reason::Lost, effects);
        }
    }

    /// A client comes. One that the room knows takes its member over, wherever that sits.
    fn join(&mut self, token: Token, place: Place, seen: Option<u64>, effects: &mut Vec<Effect>) {
        if let Some(member) = self.members.get_mut(&token) {
            let (before, why) = (member.place, None);
            member.place = place;
            if before != place {
                let place = before;
                effects.push(Effect::Unseated { token, place, why });
            }
            effects.push(Effect::Seated { token, place });
            effects.extend(self.welcome_back(token, seen).map(Effect::Tell));
            return;
        }
        let known = self.departed.take(token);
        let heard = known.as_ref().map_or(0, |(_, heard)| *heard);
        self.members.insert(token, Member { place, heard });
        effects.push(Effect::Seated { token, place });
        let mut letters = self.room.join(token);
        for letter in &mut letters {
            if let (Event::Welcome(welcome), Some(seen)) = (&mut letter.event, seen) {
                welcome.history = self.missed(seen);
            }
        }
        self.tell(letters, effects);
        if let Some((nick, _)) = known {
            let letters = self.room.hear(token, Ok(&format!("/nick {nick}")));
            let is_taken = |letter: &Letter<Token>| matches!(letter.event, Event::Refused(_));
            if !letters.iter().any(is_taken) {
                self.tell(letters, effects);
            }
        }
    }

    fn hear(
        &mut self,
        token: Token,
        place: Place,
        number: Option<u64>,
        line: &str,
        effects: &mut Vec<Effect>,
    ) {
        let Some(member) = self.members.get_mut(&token) else {
            return;
        };
        if member.place != place {
            return; // it sits elsewhere now, and sends there what wasn't heard here
        }
        if let Some(number) = number {
            effects.push(Effect::Heard { token, number });
            if number <= member.heard {
                return;
            }
            member.heard = number;
        }
        let letters = match self.reserved(token, line) {
            Some(nick) => self.room.refuse(token, Refusal::Taken(nick)),
            None => self.room.hear(token, Ok(line)),
        };
        if self.room.contains(token) {
            return self.tell(letters, effects);
        }
        self.members.remove(&token);
        let (own, others) = letters
            .into_iter()
            .partition(|letter| letter.to == To::One(token));
        self.tell(own, effects);
        let why = Some(Why::Quit);
        effects.push(Effect::Unseated { token, place, why });
        self.tell(others, effects);
    }

    fn leave(&mut self, token: Token, place: Place, why: Reason, effects: &mut Vec<Effect>) {
        let Some(&Member { heard, .. }) = self
            .members
            .get(&token)
            .filter(|member| member.place == place)
        else {
            return; // it has gone, or sits elsewhere
        };
        self.members.remove(&token);
        if let (Some(nick), false) = (self.room.nick(token), why == Reason::Quit) {
            self.departed.put(token, nick.clone(), heard);
        }
        let letters = self.room.leave(token, why.into());
        let why = Some(why.into());
        effects.push(Effect::Unseated { token, place, why });
        self.tell(letters, effects);
    }

    /// The name that `line` asks for, if it is kept for a member that may come back.
    fn reserved(&self, token: Token, line: &str) -> Option<Nick> {
        let Ok(Typed::Rename(name)) = Typed::parse(line) else {
            return None;
        };
        self.departed.owns(token, &Nick::new(name).ok()?)
    }

    fn welcome_back(&mut self, token: Token, seen: Option<u64>) -> Option<Letter<Token>> {
        let nick = self.room.nick(token)?.clone();
        let here = self.room.hear(token, Ok("/who")).pop();
        let Some(Event::Here(here)) = here.map(|letter| letter.event) else {
            return None;
        };
        let event = Event::Welcome(Welcome {
            nick,
            room: self.name.as_str().into(),
            last: self.room.last() + 1, // all that was said is before that
            here,
            history: self.missed(seen.unwrap_or(0)),
        });
        let to = To::One(token);
        Some(Letter { to, event })
    }

    /// The lines that have been said since event `seen`, as far as they are kept.
    fn missed(&self, seen: u64) -> Vec<Public> {
        let since = self.said.partition_point(|public| public.id <= seen);
        self.said.range(since..).cloned().collect()
    }

    fn tell(&mut self, letters: Vec<Letter<Token>>, effects: &mut Vec<Effect>) {
        for letter in letters {
            if let Event::Public(public) = &letter.event
                && let News::Said { .. } | News::Action { .. } = public.news
            {
                if self.said.len() == KEPT {
                    self.said.pop_front();
                }
                self.said.push_back(public.clone());
            }
            effects.push(Effect::Tell(letter));
        }
    }
}
