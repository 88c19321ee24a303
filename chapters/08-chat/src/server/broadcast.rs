//! Broadcast: letters go to those that they are addressed to, and no member holds up the others.
//!
//! ```text
//!   letters ──► worded once per protocol ──► into each member's output queue: one buffer for all
//!      ▲                                        │
//!      │                                        └─ a queue is too long: noted as slow
//!      └── "bob left (too slow)" ◄── put out, once the loop over all has ended
//! ```
//!
//! To queue is a copy of a few bytes, or of a pointer to many. It never waits, never fails and calls nothing back; whether a
//! socket takes the bytes shows at the end of the turn. So no member can leave in the middle of it.

use std::collections::VecDeque;
use std::mem;
use std::net::IpAddr;
use std::time::Duration;

use reactor::Io;
use websocket::deflate::Agreement;

use super::arrivals::{Arrivals, QUARTER, Told};
use super::shares::Shares;
use super::talk::ARRIVALS;
use super::turn::Turn;
use crate::wording::{Draft, Line};
use crate::{Farewell, Letter, Refusal, Room, Seat, To, Why};

/// Bytes that may wait for a member to read. A member with more is put out.
pub const MAX_WAITING: u64 = 256 * 1024;

/// How long a member that was put out may take to read why.
const FAREWELL: Duration = Duration::from_secs(10);

/// How many are put out before the others have been told. If thousands were slow at the same time,
/// the news of that would be more than any member may have waiting.
const AT_ONCE: usize = 256;

/// The room, and the way of its letters to its members.
#[derive(Debug)]
pub(super) struct Broadcast {
    room: Room<Seat>,
    draft: Draft,
    /// The members that were found too slow in the delivery that runs.
    slow: Vec<Seat>,
    turn: Turn,
    shares: Shares,
    arrivals: Arrivals,
    /// Bytes of the letter that was posted last, in the longer wording.
    said: usize,
}

impl Broadcast {
    /// Broadcast to the members of `room`, which have these shares of what may be said.
    pub fn new(room: Room<Seat>, shares: Shares) -> Self {
        Self {
            room,
            draft: Draft::default(),
            slow: Vec::new(),
            turn: Turn::default(),
            shares,
            arrivals: Arrivals::default(),
            said: 0,
        }
    }

    /// What may be said is shared anew.
    pub fn set_shares(&mut self, shares: Shares) {
        self.shares = shares;
    }

    /// There is a WebSocket that agrees to this: it is told compressed.
    pub fn compress_for(&mut self, member: Agreement) {
        self.draft.add(member);
    }

    /// That WebSocket is gone.
    pub fn forget(&mut self, member: Agreement) {
        self.draft.remove(member);
    }

    /// Whether there is a member at `seat`.
    pub fn has(&self, seat: Seat) -> bool {
        self.room.contains(seat)
    }

    /// Whether as much has been said in the turn that runs at `now` as may be.
    pub fn has_had_its_turn(&self, now: Duration) -> bool {
        self.turn.is_over(now)
    }

    /// How long a member at `address` has to wait at `now`, because all have said as much as they may.
    pub fn wait(&self, now: Duration, address: Option<IpAddr>) -> Option<Duration> {
        self.shares.wait(now, address)
    }

    /// There is a new member at `seat`: all are told, now or a little later.
    pub fn join(&mut self, io: &mut Io, seat: Seat) {
        let letters = match self.arrivals.tell(io.now(), self.room.len()) {
            Told::ByName => self.room.join(seat),
            Told::AsANumber => {
                self.arrivals.joined();
                self.room.join_unnamed(seat)
            }
        };
        self.post(io, letters);
    }

    /// The member at `seat` goes, if it hasn't gone yet: the others are told, now or a little later.
    pub fn leave(&mut self, io: &mut Io, seat: Seat, why: Why) {
        let letters = self.without(io, seat, why);
        self.post(io, letters);
    }

    /// Takes a member out of the room: the letters to the others.
    fn without(&mut self, io: &mut Io, seat: Seat, why: Why) -> Vec<Letter<Seat>> {
        if !self.room.contains(seat) {
            return Vec::new();
        }
        if self.arrivals.is_teller(seat) {
            self.arrivals.set_teller(None); // another takes its place
        }
        match self.arrivals.tell(io.now(), self.room.len()) {
            Told::ByName => self.room.leave(seat, why),
            Told::AsANumber => {
                self.room.leave_unnamed(seat);
                self.arrivals.left();
                Vec::new()
            }
        }
    }

    /// Sets the timer after which those are told of that weren't named: that of any member, because a
    /// timer is a connection's.
    fn choose_teller(&mut self, io: &mut Io) {
        if !self.arrivals.needs_teller() {
            return;
        }
        match self.room.members().next() {
            Some(seat) => io.set_timer(seat.id, ARRIVALS, QUARTER),
            None => drop(self.arrivals.take()), // nobody is left to be told
        }
        self.arrivals.set_teller(self.room.members().next());
    }

    /// The timer of the member at `seat` has run out: those are told of that weren't named.
    pub fn tell_arrivals(&mut self, io: &mut Io, seat: Seat) {
        if self.arrivals.is_teller(seat) {
            let (joined, left) = self.arrivals.take();
            let letters = self.room.crowd(joined, left);
            self.post(io, letters);
        }
    }

    /// The member at `seat` has typed something: those are told that it is for. If it quits, its
    /// connection is closed. How many bytes there are to read because of it, however many read them.
    pub fn hear(
        &mut self,
        io: &mut Io,
        seat: Seat,
        address: Option<IpAddr>,
        line: Line<'_>,
    ) -> usize {
        let letters = self.room.hear(seat, line);
        let quits = !self.room.contains(seat);
        let bytes = self.post_from(io, address, letters);
        if quits {
            io.send(seat.id, &seat.protocol.last_words(Farewell::Quit));
            io.close(seat.id);
        }
        bytes
    }

    /// The member at `seat` is told what it may not do.
    pub fn refuse(&mut self, io: &mut Io, seat: Seat, refusal: Refusal) {
        let letters = self.room.refuse(seat, refusal);
        self.post(io, letters);
    }

    /// Puts out the member at `seat`, and tells it and the others why.
    pub fn put_out(&mut self, io: &mut Io, seat: Seat, why: Why, farewell: Farewell) {
        let letters = self.dismiss(io, seat, why, farewell);
        self.post(io, letters);
    }

    /// Sends what a member at `address` has caused, which pays for it: how many bytes that are.
    fn post_from(
        &mut self,
        io: &mut Io,
        address: Option<IpAddr>,
        letters: Vec<Letter<Seat>>,
    ) -> usize {
        let mut bytes = 0;
        for letter in letters {
            let members = match letter.to {
                To::One(_) => 1,
                To::All | To::AllBut(_) => self.room.len(),
            };
            self.post(io, vec![letter]);
            bytes += self.said;
            self.shares.spend(io.now(), address, self.said, members);
        }
        bytes
    }

    /// Sends letters, in their order, and those that come of it.
    // ANCHOR: post
    fn post(&mut self, io: &mut Io, letters: Vec<Letter<Seat>>) {
        let mut letters = VecDeque::from(letters);
        self.said = 0;
        while let Some(letter) = letters.pop_front() {
            self.deliver(io, &letter);
            if self.said == 0 {
                self.said = self.draft.len(); // what comes of it isn't its author's
            }
            for seat in mem::take(&mut self.slow) {
                // The others have to read of each. Those that are left over are found again next time.
                if letters.len() < AT_ONCE && !self.turn.is_over(io.now()) {
                    letters.extend(self.dismiss(io, seat, Why::TooSlow, Farewell::TooSlow));
                }
            }
        }
        self.choose_teller(io);
    }
    // ANCHOR_END: post

    // ANCHOR: deliver
    fn deliver(&mut self, io: &mut Io, letter: &Letter<Seat>) {
        let (draft, slow) = (&mut self.draft, &mut self.slow);
        draft.begin();
        let hand_over = |seat: Seat| {
            io.send_shared(seat.id, draft.wording(&letter.event, seat.protocol).clone());
            if io.pending_output(seat.id) > MAX_WAITING {
                slow.push(seat);
            }
        };
        match letter.to {
            To::One(seat) => return [seat].into_iter().for_each(hand_over),
            To::All => self.room.members().for_each(hand_over),
            To::AllBut(who) => {
                let others = self.room.members().filter(|&seat| seat != who);
                others.for_each(hand_over);
            }
        }
        self.turn.add(io.now(), self.draft.len());
    }
    // ANCHOR_END: deliver

    /// Takes a member out of the room, and tells it why: the letters to the others. Its connection
    /// goes on until that has been read, or until the time for it is over.
    // ANCHOR: dismiss
    fn dismiss(
        &mut self,
        io: &mut Io,
        seat: Seat,
        why: Why,
        farewell: Farewell,
    ) -> Vec<Letter<Seat>> {
        if self.room.contains(seat) {
            io.send(seat.id, &seat.protocol.last_words(farewell));
            io.close_within(seat.id, FAREWELL);
        }
        self.without(io, seat, why)
    }
    // ANCHOR_END: dismiss
}
