//! Sessions: what one connection remembers.

use std::ops::ControlFlow;
use std::time::Duration;

use chat::{LineReader, Pace};
use http::Http;
use reactor::{Buffer, ConnId, Io};
use websocket::{Assembler, Limits, WebSocket};

use super::apply::House;
use super::json;
use crate::Reason;

/// How often a page is asked whether it is there.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(30);

/// The key of the timer that lets input go on. The heartbeat has another one.
pub(super) const PACE: u8 = 7;

/// What a WebSocket message may have.
const LIMITS: Limits = Limits {
    frame: json::MAX_MESSAGE,
    message: json::MAX_MESSAGE,
    fragments: 1024,
};

/// What one connection remembers. The number is its seat.
#[derive(Debug)]
pub enum Session {
    /// A member at the line port.
    Lines(LineReader, u64, Pace),
    /// A client that gets pages.
    Http(Http),
    /// A member behind a WebSocket.
    Page(Box<Page>),
}

/// A member behind a WebSocket.
#[derive(Debug)]
pub struct Page {
    socket: WebSocket,
    assembler: Assembler,
    seat: u64,
    pace: Pace,
}

impl Session {
    pub(super) fn lines(seat: u64) -> Self {
        Self::Lines(LineReader::default(), seat, Pace::default())
    }

    /// Where its member sits, if it has one.
    pub(super) fn seat(&self) -> Option<u64> {
        match self {
            Self::Lines(_, seat, _) => Some(*seat),
            Self::Page(page) => Some(page.seat),
            Self::Http(_) => None,
        }
    }
}

impl Page {
    pub(super) fn new(socket: WebSocket, seat: u64) -> Self {
        Self {
            socket,
            assembler: Assembler::default(),
            seat,
            pace: Pace::default(),
        }
    }

    pub(super) fn seat(&self) -> u64 {
        self.seat
    }

    /// Frames have arrived.
    pub(super) fn on_data(
        &mut self,
        io: &mut Io,
        id: ConnId,
        house: &mut House,
        input: &mut Buffer,
    ) {
        let seat = self.seat;
        while !input.is_empty() && !house.must_wait(io, id, seat, &mut self.pace) {
            let before = input.len();
            let (assembler, pace) = (&mut self.assembler, &mut self.pace);
            self.socket
                .on_data_until(io, id, &LIMITS, input, |io, part| {
                    let Some(message) = assembler.add(part) else {
                        return ControlFlow::Continue(());
                    };
                    let (said, number) = json::read(message);
                    let line = said.as_deref();
                    pace.spend(io.now(), line.map_or(0, str::len));
                    house.hear(io, seat, number, line);
                    ControlFlow::Break(()) // the next one may have to wait
                });
            if !self.socket.is_open() {
                return house.go(seat, Reason::Quit);
            }
            if input.len() == before {
                return;
            }
        }
    }

    pub(super) fn on_timer(&mut self, io: &mut Io, id: ConnId, key: u8) {
        if key == PACE {
            io.resume(id);
        } else {
            self.socket.on_timer(io, id, HEARTBEAT);
        }
    }
}
