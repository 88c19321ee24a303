//! What members are told. How it is worded depends on the protocol: see `lines.rs` and `json.rs`.

use std::rc::Rc;

use super::nick::Nick;
use super::refusal::Refusal;
use super::text::Text;

/// Something that members are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// To a newcomer, and before all else.
    Welcome(Welcome),
    /// To all.
    Public(Public),
    /// To one, and in another wording to the member that said it.
    Private(Private),
    /// To one: who is here.
    Here(Here),
    /// To one: a line from the room.
    Notice(&'static str),
    /// To one: what was refused.
    Refused(Refusal),
}

/// What a newcomer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// What the newcomer is called.
    pub nick: Nick,
    /// Which room this is: another one each time the server is started.
    pub room: Rc<str>,
    /// What was said before has smaller numbers: that of the newcomer's own arrival, or, if that isn't
    /// told, the next.
    pub last: u64,
    /// Who is here, the newcomer too.
    pub here: Here,
    /// What was said before.
    pub history: Vec<Public>,
}

/// Who is here: some of them by name, as a name costs bytes and a room may be large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// How many.
    pub count: usize,
    /// The first of them, in the order of the alphabet.
    pub nicks: Vec<Nick>,
}

/// Something that all are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    /// It counts up by one from event to event, and all see the same number.
    pub id: u64,
    /// What has happened.
    pub news: News,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A line.
    Said {
        /// Whose.
        nick: Nick,
        /// The line.
        text: Text,
    },
    /// What a member does.
    Action {
        /// Who.
        nick: Nick,
        /// What.
        text: Text,
    },
    /// A member has come.
    Joined {
        /// Who.
        nick: Nick,
    },
    /// A member has gone.
    Left {
        /// Who.
        nick: Nick,
        /// Why.
        why: Why,
    },
    /// So many have come and gone, in too short a time to name them.
    Crowd {
        /// How many have come.
        joined: usize,
        /// How many have gone.
        left: usize,
    },
    /// A member has another name.
    Renamed {
        /// The old one.
        from: Nick,
        /// The new one.
        to: Nick,
    },
}

/// Why a member has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// Of one's own will.
    Quit,
    /// Too much output has been waiting.
    TooSlow,
    /// The question whether it is still there had no answer.
    NothingHeard,
    /// The connection has failed.
    Lost,
}

impl Why {
    /// In words, where that is of interest to others.
    #[must_use]
    pub const fn text(self) -> Option<&'static str> {
        match self {
            Self::Quit => None,
            Self::TooSlow => Some("too slow"),
            Self::NothingHeard => Some("nothing heard"),
            Self::Lost => Some("connection lost"),
        }
    }
}

/// A line from one to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Private {
    /// Which of the two is told.
    pub side: Side,
    /// Who has said it.
    pub from: Nick,
    /// To whom.
    pub to: Nick,
    /// The line.
    pub text: Text,
}

/// The two sides of a private line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Who has said it.
    Sender,
    /// To whom it was said.
    Receiver,
}
