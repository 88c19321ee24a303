//! How a member talks: how fast, how long ago, and what its input waits for.

use std::net::IpAddr;
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
    /// Where it is.
    address: Option<IpAddr>,
}

/// The keys of a member's timers.
const PACE: u8 = 0;
pub(super) const SILENCE: u8 = 1;
pub(super) const ARRIVALS: u8 = 2;

impl Talk {
    /// A newcomer's, at `now`.
    pub(super) fn new(now: Duration, address: Option<IpAddr>) -> Self {
        Self {
            pace: Pace::default(),
            silence: Silence::new(now),
            address,
        }
    }

    /// Something has arrived at `now`.
    pub(super) fn heard(&mut self, now: Duration) {
        self.silence.heard(now);
    }

    /// A line was taken at `now`, and has made so many bytes for others to read.
    pub(super) fn spend(&mut self, now: Duration, bytes: usize) {
        self.pace.spend(now, bytes);
    }

    /// Where it is.
    pub(super) fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Whether the input of the member at `seat` has to wait: for its own pace, or for the next turn.
    // ANCHOR: must_wait
    pub(super) fn must_wait(&mut self, io: &mut Io, seat: Seat, others: &mut Broadcast) -> bool {
        let now = io.now();
        if others.has_had_its_turn(now) {
            io.resume(seat.id); // in the next turn
            return true;
        }
        let own = self.pace.wait(now);
        let room = others.wait(now, self.address);
        let Some(wait) = own.max(room) else {
            return false;
        };
        io.pause(seat.id);
        io.set_timer(seat.id, PACE, wait);
        if self.pace.tell() {
            let why = if own.is_some() {
                Refusal::TooFast
            } else {
                Refusal::RoomTooFast
            };
            others.refuse(io, seat, why);
        }
        true
    }
    // ANCHOR_END: must_wait

    /// A timer of the member's has run out: its input may go on, or its silence has lasted. What to
    /// do about the silence, if a `period` of it is allowed.
    pub(super) fn on_timer(
        &mut self,
        io: &mut Io,
        seat: Seat,
        key: u8,
        period: Duration,
    ) -> Option<Step> {
        if key == PACE {
            io.resume(seat.id);
            return None;
        }
        Some(self.silence.look(io.now(), period))
    }
}
