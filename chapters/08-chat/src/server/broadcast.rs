//! Broadcast: letters go to those that they are addressed to, and nobody holds up the others.
//!
//! ```text
//!   letters ──► worded once per protocol ──► a copy into each member's output queue
//!      ▲                                        │
//!      │                                        └─ a queue is too long: noted as slow
//!      └── "bob left (too slow)" ◄── put out, once the loop over all has ended
//! ```
//!
//! To queue is a copy of some bytes. It never waits, never fails and calls nobody back; whether a
//! socket takes the bytes shows at the end of the turn. So nobody can leave in the middle of it.

use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

use reactor::Io;

use crate::{Farewell, Letter, Seat, Server, To, Why};

/// Bytes that may wait for a member to read. Whoever has more is put out.
pub const MAX_WAITING: u64 = 256 * 1024;

/// How long a member that was put out may take to read why.
const FAREWELL: Duration = Duration::from_secs(10);

/// How many are put out before the others have been told. If thousands were slow at the same time,
/// the news of that would be more than anybody may have waiting.
const AT_ONCE: usize = 256;

impl Server {
    /// Sends letters, in their order, and those that come of it.
    // ANCHOR: post
    pub(crate) fn post(&mut self, io: &mut Io, letters: Vec<Letter<Seat>>) {
        let mut letters = VecDeque::from(letters);
        while let Some(letter) = letters.pop_front() {
            self.deliver(io, &letter);
            for seat in mem::take(&mut self.slow) {
                // The others have to read of each. Whoever is left over is found again next time.
                if letters.len() < AT_ONCE && !self.turn.is_over(io.now()) {
                    letters.extend(self.put_out(io, seat, Why::TooSlow, Farewell::TooSlow));
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

    /// Has a member leave the room, and tells it why. The connection goes on until that has been
    /// read, or until the time for it is over.
    // ANCHOR: put_out
    pub(crate) fn put_out(
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
    // ANCHOR_END: put_out
}
