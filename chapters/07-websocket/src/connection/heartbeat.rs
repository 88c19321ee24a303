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

use std::time::Duration;

use reactor::{ConnId, Io};

use super::session::send_frame;
use crate::{Close, CloseCode, Opcode, WebSocket};

/// What is known of a peer's life.
#[derive(Debug, Default)]
pub(crate) struct Heartbeat {
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

impl Heartbeat {
    /// Something has come.
    #[inline]
    pub fn heard(&mut self) {
        self.state = State::Heard;
    }
}

impl WebSocket {
    /// Sets the timer for the first time.
    pub fn begin_heartbeat(io: &mut Io, id: ConnId, period: Option<Duration>) {
        match period {
            Some(period) => io.set_timer(id, period),
            None => io.clear_timer(id),
        }
    }

    /// To be called from [`Handler::on_drain`](reactor::Handler::on_drain): who reads is alive.
    pub fn on_drain(&mut self) {
        self.heartbeat.heard(); // the output may be as full again when the timer runs out
    }

    /// To be called from [`Handler::on_timer`](reactor::Handler::on_timer), which comes once in a
    /// `period`.
    pub fn on_timer(&mut self, io: &mut Io, id: ConnId, period: Duration) {
        let pending = io.pending_output(id);
        if pending < self.heartbeat.pending {
            self.heartbeat.heard(); // the socket was full, and isn't: a slow reader is alive
        }
        self.heartbeat.pending = pending;
        if pending > 0 {
            io.try_send(id); // if it has read only a little since, the next look sees that
        }
        // ANCHOR: on_timer
        match self.heartbeat.state {
            State::Heard => self.heartbeat.state = State::Quiet,
            State::Quiet => {
                // Whose output is full has enough to read, and may be within a frame.
                if !io.is_full(id) {
                    send_frame(io, id, Opcode::Ping, b"");
                }
                self.heartbeat.state = State::Asked;
            }
            State::Asked if pending > 0 => return io.abort(id), // it doesn't read
            State::Asked => {
                let why = Close {
                    code: Some(CloseCode::INTERNAL_ERROR),
                    reason: "no Pong came",
                };
                self.close(io, id, why);
                return io.close(id);
            }
        }
        // ANCHOR_END: on_timer
        io.set_timer(id, period);
    }
}
