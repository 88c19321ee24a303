//! The state of a replica as plain data: a snapshot, from which a newcomer begins.

use chat::{News, Nick, Public, Room, Text, Unfit};
use serde::{Deserialize, Serialize};

use super::departed::Departed;
use super::servers::Servers;
use super::{Member, Place, Replica};
use crate::Token;

/// All that a replica is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    name: String,
    last: u64,
    members: Vec<Seated>,
    departed: Vec<(Token, String, u64)>,
    live: Vec<(u64, u64)>,
    highest: u64,
    said: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seated {
    token: Token,
    nick: String,
    epoch: u64,
    seat: u64,
    heard: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    id: u64,
    nick: String,
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Said,
    Action,
}

impl State {
    /// That of `replica`.
    #[must_use]
    pub fn of(replica: &Replica) -> Self {
        let member = |(&token, member): (&Token, &Member)| {
            let nick = replica.nick(token)?.to_string();
            let (Place { epoch, seat }, heard) = (member.place, member.heard);
            Some(Seated {
                token,
                nick,
                epoch,
                seat,
                heard,
            })
        };
        let departed = replica.departed.iter();
        let (live, highest) = replica.servers.parts();
        Self {
            name: replica.name.clone(),
            last: replica.room.last(),
            members: replica.members.iter().filter_map(member).collect(),
            departed: departed
                .map(|(token, nick, heard)| (*token, nick.to_string(), *heard))
                .collect(),
            live,
            highest,
            said: replica.said.iter().filter_map(Line::of).collect(),
        }
    }

    /// The replica that was like this.
    ///
    /// # Errors
    /// If a name in it is none: this is the state of something else.
    pub fn restore(&self) -> Result<Replica, Unfit> {
        let names = self.members.iter().map(|one| {
            let nick = Nick::new(&one.nick)?;
            Ok((one.token, nick))
        });
        let names = names.collect::<Result<Vec<_>, Unfit>>()?;
        let said = self.said.iter().map(Line::public);
        let said = said.collect::<Result<Vec<_>, Unfit>>()?;
        let departed = self.departed.iter().map(|(token, nick, heard)| {
            let nick = Nick::new(nick)?;
            Ok((*token, nick, *heard))
        });
        let members = self.members.iter().map(|one| {
            let (epoch, seat, heard) = (one.epoch, one.seat, one.heard);
            let place = Place { epoch, seat };
            (one.token, Member { place, heard })
        });
        Ok(Replica {
            name: self.name.clone(),
            room: Room::restored(&self.name, self.last, names, said.iter().cloned()),
            members: members.collect(),
            departed: Departed::restored(departed.collect::<Result<Vec<_>, Unfit>>()?),
            servers: Servers::restored(&self.live, self.highest),
            said: said.into(),
        })
    }
}

impl Line {
    fn of(public: &Public) -> Option<Self> {
        let (kind, nick, text) = match &public.news {
            News::Said { nick, text } => (Kind::Said, nick, text),
            News::Action { nick, text } => (Kind::Action, nick, text),
            _ => return None,
        };
        Some(Self {
            id: public.id,
            nick: nick.to_string(),
            text: text.to_string(),
            kind,
        })
    }

    fn public(&self) -> Result<Public, Unfit> {
        let (nick, text) = (Nick::new(&self.nick)?, Text::new(&self.text));
        let news = match self.kind {
            Kind::Said => News::Said { nick, text },
            Kind::Action => News::Action { nick, text },
        };
        Ok(Public { id: self.id, news })
    }
}
