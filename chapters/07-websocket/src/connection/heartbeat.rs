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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Heartbeat {
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
    /// The peer is gone: it has read the Ping, or could have, and no answer came.
    Unanswered,
}

impl Heartbeat {
    /// A sign of life: something has come.
    #[inline]
    pub fn heard(&mut self) {
        *self = Self::Heard;
    }

    // ANCHOR: beat
    /// A period is over, and `pending` bytes of output wait for the peer.
    ///
    /// A Ping would wait behind those. A peer that doesn't read them is cut by the reactor.
    pub fn beat(&mut self, pending: u64) -> Beat {
        let (state, beat) = match *self {
            state if pending > 0 => (state, Beat::Wait),
            Self::Heard => (Self::Quiet, Beat::Wait),
            Self::Quiet => (Self::Asked, Beat::Ask),
            Self::Asked => (Self::Asked, Beat::Unanswered),
        };
        *self = state;
        beat
    }
    // ANCHOR_END: beat
}
