//! How a member talks: how fast, how long ago, and what its input waits for.

use std::time::Duration;

use reactor::Io;

use super::broadcast::Broadcast;
use super::pace::Pace;
use super::silence::{Silence, Step};
use crate::{Refusal, Seat};

/// What is known of how a member talks.
#[derive(Debug, Clone, Copy)]
pub struct Talk {
    pace: Pace,
    silence: Silence,
    waits: Waits,
}

/// What a member's input waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    No,
    /// For the member's own pace; the timer ends that.
    ForPace,
    /// For the next turn: this one has had its share.
    ForTurn,
}

impl Talk {
    /// A newcomer's, at `now`.
    pub(super) fn new(now: Duration) -> Self {
        Self {
            pace: Pace::default(),
            silence: Silence::new(now),
            waits: Waits::No,
        }
    }

    /// Something has arrived at `now`.
    pub(super) fn heard(&mut self, now: Duration) {
        self.silence.heard(now);
    }

    /// A line is taken at `now`.
    pub(super) fn spend(&mut self, now: Duration) {
        self.pace.spend(now);
    }

    /// Whether what the member has said waits.
    pub(super) fn is_waiting(&self) -> bool {
        self.waits != Waits::No
    }

    /// Whether the input of the member at `seat` has to wait: for its own pace, or for the next turn.
    // ANCHOR: must_wait
    pub(super) fn must_wait(&mut self, io: &mut Io, seat: Seat, others: &mut Broadcast) -> bool {
        if self.waits == Waits::ForPace {
            return true;
        }
        let now = io.now();
        self.waits = Waits::No;
        if others.has_had_its_turn(now) {
            self.waits = Waits::ForTurn;
            io.resume(seat.id);
        } else if let Some(wait) = self.pace.wait(now) {
            self.waits = Waits::ForPace;
            io.set_timer(seat.id, wait);
            if self.pace.tell() {
                others.refuse(io, seat, Refusal::TooFast);
            }
        }
        self.waits != Waits::No
    }
    // ANCHOR_END: must_wait

    /// The member's timer has run out: its input may go on, or its silence has lasted. What to do
    /// about the silence, if a `period` of it is allowed.
    pub(super) fn on_timer(&mut self, io: &mut Io, seat: Seat, period: Duration) -> Step {
        if self.waits == Waits::ForPace {
            self.waits = Waits::No;
            io.resume(seat.id);
        }
        self.silence.look(io.now(), period)
    }
}
