//! Silence: a member of whom nothing is heard is asked, and then put out.
//!
//! ```text
//!             a period of silence            another
//!   Heard ───────────────────────► Asked ──────────────► it is over
//!     ▲                              │
//!     └──────────────────────────────┘ whatever comes
//! ```
//!
//! Whatever comes costs one store here, and no timer. That is set to when the period would end,
//! looks at what is stored, and is set again.

use std::time::Duration;

/// What is known of one member's silence.
#[derive(Debug, Clone, Copy)]
pub struct Silence {
    since: Duration,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Heard,
    /// At this time.
    Asked(Duration),
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Look again after this time.
    Wait(Duration),
    /// Ask whether the member is still there, and look again after a period.
    Ask,
    /// The member is gone.
    GiveUp,
}

impl Silence {
    /// It begins at `now`.
    #[must_use]
    pub const fn new(now: Duration) -> Self {
        Self {
            since: now,
            state: State::Heard,
        }
    }

    /// Something has come at `now`.
    pub fn heard(&mut self, now: Duration) {
        *self = Self::new(now);
    }

    /// What to do at `now` if a silence may last one `period`, and an answer may take another.
    // ANCHOR: look
    pub fn look(&mut self, now: Duration, period: Duration) -> Step {
        let (since, then) = match self.state {
            State::Heard => (self.since, Step::Ask),
            // Not since when it was to be asked: a machine may have slept in between.
            State::Asked(when) => (when, Step::GiveUp),
        };
        let left = (since + period).saturating_sub(now);
        if left > Duration::ZERO {
            return Step::Wait(left);
        }
        self.state = State::Asked(now);
        then
    }
    // ANCHOR_END: look
}

#[cfg(test)]
mod tests {
    use super::{Silence, Step};
    use std::time::Duration;

    const PERIOD: Duration = Duration::from_mins(1);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn after_a_period_a_silent_member_is_asked_and_after_another_given_up() {
        let mut silence = Silence::new(at(0));
        assert_eq!(silence.look(at(59), PERIOD), Step::Wait(at(1)));
        assert_eq!(silence.look(at(60), PERIOD), Step::Ask);
        assert_eq!(silence.look(at(119), PERIOD), Step::Wait(at(1)));
        assert_eq!(silence.look(at(120), PERIOD), Step::GiveUp);
    }

    #[test]
    fn whatever_comes_begins_it_anew() {
        let mut silence = Silence::new(at(0));
        silence.heard(at(50));
        assert_eq!(silence.look(at(60), PERIOD), Step::Wait(at(50)));
        assert_eq!(silence.look(at(110), PERIOD), Step::Ask);
        silence.heard(at(169));
        assert_eq!(silence.look(at(170), PERIOD), Step::Wait(at(59)));
        assert_eq!(silence.look(at(229), PERIOD), Step::Ask);
    }

    #[test]
    fn who_was_asked_late_has_as_long_to_answer() {
        let mut silence = Silence::new(at(0));
        assert_eq!(silence.look(at(1000), PERIOD), Step::Ask);
        assert_eq!(silence.look(at(1001), PERIOD), Step::Wait(at(59)));
    }
}
