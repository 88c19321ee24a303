//! Arrivals and departures: the first few are told by name, and of a crowd how many.
//!
//! ```text
//!   ann, bob, … in a quarter of a second        - ann joined   - bob joined …
//!   12 more, and 9 go                           - 12 joined, 9 left        once it is over
//! ```
//!
//! Coming and going costs its client nothing, not even a byte of payload, and to tell of it costs a
//! line to each member. So in a quarter of a second only so many lines are spent on that: the names
//! of all where a room fills, and in one of thousands those of a few.

use std::time::Duration;

use crate::Seat;

/// How long those that aren't named wait to be told.
pub(super) const QUARTER: Duration = Duration::from_millis(250);

/// How many lines are spent on names in that time; those of the first in any case.
const LINES: usize = 20_000;

/// Whether one that comes or goes is told by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    ByName,
    /// With the others, later.
    AsANumber,
}

/// Those that have come and gone, and haven't been told of.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    /// When the quarter began in which these were named.
    began: Duration,
    lines: usize,
    joined: usize,
    left: usize,
    /// The member whose timer runs out when the others are to be told.
    teller: Option<Seat>,
}

impl Arrivals {
    /// One comes or goes at `now`, of which so many `members` are to be told: how.
    pub fn tell(&mut self, now: Duration, members: usize) -> Told {
        if now >= self.began + QUARTER {
            self.began = now;
            self.lines = 0;
        }
        let too_many = self.lines > 0 && self.lines + members > LINES;
        // One that follows a crowd isn't told before it.
        if too_many || self.teller.is_some() {
            return Told::AsANumber;
        }
        self.lines += members;
        Told::ByName
    }

    /// One has come that wasn't named.
    pub fn joined(&mut self) {
        self.joined += 1;
    }

    /// One has gone that wasn't named.
    pub fn left(&mut self) {
        self.left += 1;
    }

    /// Whether some are to be told of, and no member's timer is set for that.
    pub fn needs_teller(&self) -> bool {
        self.teller.is_none() && self.joined + self.left > 0
    }

    /// The timer of this member is set, or that of none.
    pub fn set_teller(&mut self, teller: Option<Seat>) {
        self.teller = teller;
    }

    /// Whether the timer of this member is set.
    pub fn is_teller(&self, seat: Seat) -> bool {
        self.teller == Some(seat)
    }

    /// How many have come and gone, once they are told of.
    pub fn take(&mut self) -> (usize, usize) {
        self.teller = None;
        (
            std::mem::take(&mut self.joined),
            std::mem::take(&mut self.left),
        )
    }
}
