//! Broadcast: letters go to those that they are addressed to, and no member holds up the others.
//!
//! ```text
//!   letters ──► worded once per protocol ──► a copy into each member's output queue
//!      ▲                                        │
//!      │                                        └─ a queue is too long: noted as slow
//!      └── "bob left (too slow)" ◄── put out, once the loop over all has ended
//! ```
//!
//! To queue is a copy of some bytes. It never waits, never fails and calls nothing back; whether a
//! socket takes the bytes shows at the end of the turn. So no member can leave in the middle of it.

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use reactor::Io;

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
}

impl Broadcast {
    /// Broadcast to the members of `room`.
    pub fn new(room: Room<Seat>) -> Self {
        Self {
            room,
            draft: Draft::default(),
            slow: Vec::new(),
            turn: Turn::default(),
        }
    }

    /// Whether there is a member at `seat`.
    pub fn has(&self, seat: Seat) -> bool {
        self.room.contains(seat)
    }

    /// Whether as much has been said in the turn that runs at `now` as may be.
    pub fn has_had_its_turn(&self, now: Duration) -> bool {
        self.turn.is_over(now)
    }

    /// There is a new member at `seat`: all are told.
    pub fn join(&mut self, io: &mut Io, seat: Seat) {
        let letters = self.room.join(seat);
        self.post(io, letters);
    }

    /// The member at `seat` goes, if it hasn't gone yet: the others are told.
    pub fn leave(&mut self, io: &mut Io, seat: Seat, why: Why) {
        let letters = self.room.leave(seat, why);
        self.post(io, letters);
    }

    /// The member at `seat` has typed something: those are told that it is for. If it quits, its
    /// connection is closed.
    pub fn hear(&mut self, io: &mut Io, seat: Seat, line: Line<'_>) {
        let letters = self.room.hear(seat, line);
        let quits = !self.room.contains(seat);
        self.post(io, letters);
        if quits {
            io.send(seat.id, &seat.protocol.last_words(Farewell::Quit));
            io.close(seat.id);
        }
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

    /// Sends letters, in their order, and those that come of it.
    // ANCHOR: post
    fn post(&mut self, io: &mut Io, letters: Vec<Letter<Seat>>) {
        let mut letters = VecDeque::from(letters);
        while let Some(letter) = letters.pop_front() {
            self.deliver(io, &letter);
            for seat in mem::take(&mut self.slow) {
                // The others have to read of each. Those that are left over are found again next time.
                if letters.len() < AT_ONCE && !self.turn.is_over(io.now()) {
                    letters.extend(self.dismiss(io, seat, Why::TooSlow, Farewell::TooSlow));
                }
            }
        }
    }
    // ANCHOR_END: post

    // ANCHOR: deliver
    fn deliver(&mut self, io: &mut Io, letter: &Letter<Seat>) {
        let (draft, slow) = (&mut self.draft, &mut self.slow);
        draft.begin();
        let hand_over = |seat: Seat| {
            io.send(seat.id, draft.wording(&letter.event, seat.protocol));
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
        self.room.leave(seat, why)
    }
    // ANCHOR_END: dismiss
}
