//! The heartbeat: a peer that says nothing is asked whether it is there.
//!
//! ```text
//!             a period            a period             a period
//!   Heard ─────────────► Quiet ─────────────► Asked ─────────────► it is gone
//!     ▲                    │      a Ping        │
//!     └────────────────────┴────────────────────┘ whatever comes from it, or goes to it
//! ```
//!
//! TCP wouldn't tell: a peer whose power or network is gone sends no FIN, and a server that has
//! nothing to send never learns of it. TCP's own keepalive asks after two hours, and what answers
//! is the peer's kernel, even if its program hangs. And a NAT on the way forgets a silent
//! connection after some minutes, which a Ping prevents, too.
//!
//! A message costs one store here, and no timer: that only comes round once in a period.

/// What is known of a peer's life.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    state: State,
    /// Output that was pending when the timer last ran out.
    pending: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// It gave a sign of life since the timer last ran out.
    #[default]
    Heard,
    /// It gave none, for one period.
    Quiet,
    /// It was sent a Ping.
    Asked,
}

/// What is to be done when a period is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
    /// Nothing: there was a sign of life.
    Wait,
    /// Send a Ping.
    Ask,
    /// The peer is gone: it doesn't read.
    Unread,
    /// The peer is gone: it has read the Ping, or could have, and no answer came.
    Unanswered,
}

impl Heartbeat {
    /// A sign of life: something has come.
    #[inline]
    pub fn heard(&mut self) {
        self.state = State::Heard;
    }

    // ANCHOR: beat
    /// A period is over, and `pending` bytes of output wait for the peer.
    pub fn beat(&mut self, pending: u64) -> Beat {
        if pending < self.pending {
            self.heard(); // the socket was full, and isn't: a slow reader is alive
        }
        self.pending = pending;
        let (state, beat) = match self.state {
            State::Heard => (State::Quiet, Beat::Wait),
            State::Quiet => (State::Asked, Beat::Ask),
            State::Asked if pending > 0 => (State::Asked, Beat::Unread),
            State::Asked => (State::Asked, Beat::Unanswered),
        };
        self.state = state;
        beat
    }
    // ANCHOR_END: beat
}
