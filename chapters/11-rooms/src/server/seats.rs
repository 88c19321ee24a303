//! Seats: which connection is whose.

use std::collections::BTreeMap;

use chat::Protocol;
use reactor::ConnId;

use crate::{Command, Token};

/// A connection that is, or will be, a member's.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub id: ConnId,
    pub protocol: Protocol,
    pub token: Token,
    /// In the room of this name, its client has seen the events up to this one.
    pub seen: Option<(String, u64)>,
    /// Whether the log has brought its arrival.
    pub state: State,
}

/// How far a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Its arrival is to be submitted, or has been.
    Coming,
    /// It is a member's.
    Here,
}

/// All seats of this server.
#[derive(Debug, Default)]
pub(super) struct Seats {
    last: u64,
    all: BTreeMap<u64, Seat>,
    members: BTreeMap<Token, u64>,
}

impl Seats {
    /// Another one; its number.
    pub fn add(&mut self, seat: Seat) -> u64 {
        self.last += 1;
        self.all.insert(self.last, seat);
        self.last
    }

    pub fn get(&self, number: u64) -> Option<&Seat> {
        self.all.get(&number)
    }

    /// The seat of `token`, if that is a member here.
    pub fn of(&self, token: Token) -> Option<(u64, &Seat)> {
        let number = *self.members.get(&token)?;
        Some((number, self.get(number)?))
    }

    /// The log has brought the arrival of `token` at this seat; the seat.
    pub fn seat(&mut self, number: u64, token: Token) -> Option<&Seat> {
        let seat = self.all.get_mut(&number)?;
        seat.state = State::Here;
        self.members.insert(token, number);
        Some(seat)
    }

    /// This seat is free again: what it was.
    pub fn remove(&mut self, number: u64) -> Option<Seat> {
        let seat = self.all.remove(&number)?;
        if self.members.get(&seat.token) == Some(&number) {
            self.members.remove(&seat.token);
        }
        Some(seat)
    }

    /// All are free again: what they were.
    pub fn clear(&mut self) -> impl Iterator<Item = Seat> + use<> {
        self.members.clear();
        std::mem::take(&mut self.all).into_values()
    }

    /// The members here.
    pub fn members(&self) -> impl Iterator<Item = (Token, u64, &Seat)> + '_ {
        let seats = self.members.iter();
        seats.filter_map(|(&token, &number)| Some((token, number, self.get(number)?)))
    }

    /// All, also those that are no members yet.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Seat)> + '_ {
        self.all.iter().map(|(&number, seat)| (number, seat))
    }
}

impl Seat {
    /// What tells the log that it comes, to the room of this name.
    pub fn join(&self, number: u64, room: &str) -> Command {
        let seen = self.seen.as_ref().filter(|(name, _)| name == room);
        Command::Join {
            token: self.token,
            seat: number,
            seen: seen.map(|&(_, seen)| seen),
        }
    }
}
