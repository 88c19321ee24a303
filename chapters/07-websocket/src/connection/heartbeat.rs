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

/// The key of its timer.
const TIMER: u8 = 0;

/// What is known of a peer's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Heartbeat {
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
        *self = Self::Heard;
    }
}

impl WebSocket {
    /// Sets the timer for the first time.
    pub fn begin_heartbeat(io: &mut Io, id: ConnId, period: Option<Duration>) {
        match period {
            Some(period) => io.set_timer(id, TIMER, period),
            None => io.clear_timer(id, TIMER),
        }
    }

    /// To be called from [`Handler::on_drain`](reactor::Handler::on_drain): who reads is alive.
    pub fn on_drain(&mut self) {
        self.heartbeat.heard(); // the output may be as full again when the timer runs out
    }

    /// To be called from [`Handler::on_timer`](reactor::Handler::on_timer), which comes once in a
    /// `period`.
    pub fn on_timer(&mut self, io: &mut Io, id: ConnId, period: Duration) {
        // ANCHOR: on_timer
        match self.heartbeat {
            // A Ping would wait behind that. A peer that doesn't read it is the reactor's business.
            _ if io.pending_output(id) > 0 => {}
            Heartbeat::Heard => self.heartbeat = Heartbeat::Quiet,
            Heartbeat::Quiet => {
                send_frame(io, id, Opcode::Ping, b"");
                self.heartbeat = Heartbeat::Asked;
            }
            Heartbeat::Asked => {
                let why = Close {
                    code: Some(CloseCode::INTERNAL_ERROR),
                    reason: "no Pong came",
                };
                self.close(io, id, why);
                return io.close(id);
            }
        }
        // ANCHOR_END: on_timer
        io.set_timer(id, TIMER, period);
    }
}
