//! What a connection's timer is for: nobody is waited for without end.

use std::ops::ControlFlow;
use std::time::Duration;

use reactor::{ConnId, Io};

use super::session::{Http, Outcome, State};
use crate::{Occasion, Response, Site, Status};

/// How long a server waits for its clients.
#[derive(Debug, Clone)]
pub struct Patience {
    /// For all of a head, from its first byte. Then: 408.
    pub head: Duration,
    /// For the rest of a body, or at least [`Self::PROGRESS`] more bytes of it. Then: 408.
    pub body: Duration,
    /// For the next request. And for a client to read of what it asked for: that is looked at once
    /// in this time, and a client is cut whose socket has taken nothing from one look to the next.
    pub idle: Duration,
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
        }
    }
}

/// What a timer is set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing that is known: a request with a body, or one of a route, has been answered.
    Unset,
    /// The next request. An answer doesn't push it back: once it runs out, [`Http::answered`] tells how
    /// long there is to wait still.
    Idle,
    Head,
    Body,
}

impl Http {
    /// To be called from [`Handler::on_timer`](reactor::Handler::on_timer).
    pub fn on_timer<S>(&mut self, io: &mut Io, id: ConnId, site: &mut Site<S>) -> Outcome {
        site.update(io);
        match &mut self.state {
            State::Waiting(_) => {
                let next = self.ask_again(io, id, site, Occasion::Timer);
                if let ControlFlow::Break(outcome) = next {
                    return outcome;
                }
                self.set_timer(io, id, &site.patience, &[]);
                io.resume(id); // to what has come meanwhile
            }
            State::Body(unanswered)
                if self.due == Due::Body && unanswered.progress >= Patience::PROGRESS =>
            {
                unanswered.progress = 0;
                io.set_timer(id, site.patience.body);
            }
            State::Ready if self.due == Due::Idle => self.idle_is_over(io, id, site),
            State::Body(_) if io.pending_output(id) > 0 => self.idle_is_over(io, id, site),
            // Before all of a head has come there is no request, and so no method whose answer would
            // have no content (RFC 9110 §9.3.2).
            State::Ready | State::Body(_) => {
                let why = "The request took too long to arrive.";
                let response = Response::error(Status::REQUEST_TIMEOUT, why);
                self.give_up(io, id, site, &response, &[]);
            }
            State::Closed => {}
        }
        Outcome::More
    }

    /// No request has come for a while. It may be that the client still reads earlier answers.
    fn idle_is_over<S>(&mut self, io: &mut Io, id: ConnId, site: &Site<S>) {
        let end = self.answered.saturating_add(site.patience.idle);
        let rest = end.saturating_sub(site.now);
        if !rest.is_zero() {
            return io.set_timer(id, rest); // it has asked for something meanwhile
        }
        let pending = io.pending_output(id);
        if pending != self.pending {
            self.pending = pending;
            io.set_timer(id, site.patience.idle);
            io.try_send(id); // if it has read a little since, the next look sees that
        } else if pending > 0 {
            io.abort(id); // it doesn't read
        } else {
            io.close(id);
        }
    }

    /// Sets the timer for what is waited for now, unless it is.
    #[inline]
    // ANCHOR: set_timer
    pub(crate) fn set_timer(&mut self, io: &mut Io, id: ConnId, patience: &Patience, input: &[u8]) {
        let (due, delay) = match self.state {
            State::Waiting(_) | State::Closed => return,
            _ if io.is_full(id) => (Due::Idle, patience.idle),
            State::Body(_) => (Due::Body, patience.body),
            State::Ready if input.is_empty() => (Due::Idle, patience.idle),
            State::Ready => (Due::Head, patience.head),
        };
        // A head has one deadline, however many pieces it comes in.
        if due != self.due {
            self.due = due;
            self.pending = 0;
            io.set_timer(id, delay);
        }
    }
    // ANCHOR_END: set_timer
}
