//! Deadlines: no client is waited for without end.

use std::time::Duration;

use reactor::{ConnId, Io};

/// The key of the timer that a connection's own deadlines share.
pub(super) const OWN: u8 = 0;

/// The key of the timer that belongs to a connection's route.
pub(super) const ROUTE: u8 = 1;

/// How long a server waits for its clients, and its clients for its routes.
#[derive(Debug, Clone)]
pub struct Patience {
    /// For all of a head, from the first byte of its request line. Then: 408.
    pub head: Duration,
    /// For the rest of a body, or at least [`Self::PROGRESS`] more bytes of it. Then: 408.
    pub body: Duration,
    /// For the next request. How long a client may leave its answers unread is the reactor's
    /// [`Limits::stall`](reactor::Limits::stall).
    pub idle: Duration,
    /// For an answer that a route gives later. Then: 503.
    pub answer: Duration,
}

impl Patience {
    /// Bytes of a body that have to come within [`Self::body`], unless it ends. With a limit to the
    /// body, this also bounds the time that all of it may take.
    pub const PROGRESS: u64 = 10 * 1024;
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(20),
            body: Duration::from_secs(20),
            idle: Duration::from_mins(1),
            answer: Duration::from_mins(1),
        }
    }
}

/// What a timer is set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing that is known: what it was set for has come.
    Unset,
    /// The next request. An answer doesn't push it back: once it runs out, [`Deadline::answered`] tells
    /// how much of the time is left.
    Idle,
    /// The rest of a head.
    Head,
    /// The rest of a body, or some of it.
    Body,
    /// An answer that a route gives later.
    Answer,
}

/// What a connection's timer is set for.
#[derive(Debug)]
pub(super) struct Deadline {
    due: Due,
    /// When the last answer was given, on the reactor's clock; before that, when it was opened.
    answered: Duration,
}

impl Deadline {
    /// That of a new connection: its first request.
    pub fn first(io: &mut Io, id: ConnId, patience: &Patience) -> Self {
        io.set_timer(id, OWN, patience.idle);
        Self {
            due: Due::Idle,
            answered: io.now(),
        }
    }

    /// What the timer is set for.
    pub fn due(&self) -> Due {
        self.due
    }

    /// An answer has been given at `now`.
    #[inline]
    pub fn answered(&mut self, now: Duration) {
        if self.due != Due::Idle {
            self.due = Due::Unset;
        }
        self.answered = now;
    }

    // ANCHOR: set
    /// Sets the timer for what is waited for now, unless it is.
    #[inline]
    pub fn set(&mut self, io: &mut Io, id: ConnId, due: Due, patience: &Patience) {
        let delay = match due {
            Due::Unset => return,
            Due::Idle => patience.idle,
            Due::Head => patience.head,
            Due::Body => patience.body,
            Due::Answer => patience.answer,
        };
        // A head has one deadline, however many pieces it comes in.
        if due != self.due {
            self.due = due;
            io.set_timer(id, OWN, delay);
        }
    }
    // ANCHOR_END: set

    /// No request has come for a while. It may be that the client still reads earlier answers.
    pub fn idle_is_over(&mut self, io: &mut Io, id: ConnId, patience: &Patience) {
        let end = self.answered.saturating_add(patience.idle);
        let rest = end.saturating_sub(io.now());
        if !rest.is_zero() {
            return io.set_timer(id, OWN, rest); // it has asked for something meanwhile
        }
        if io.pending_output(id) > 0 {
            io.set_timer(id, OWN, patience.idle); // it still reads: else the reactor would cut it
        } else {
            io.close(id);
        }
    }
}
