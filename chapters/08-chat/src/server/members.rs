//! What members do: they come, speak, are silent, and go.

use std::ops::ControlFlow;

use reactor::{Buffer, ConnId, Io};
use websocket::Limits;

use super::session::{Page, Talk};
use super::silence::Step;
use crate::wording::{Line, json};
use crate::{Farewell, LineReader, Refusal, Seat, Server, Why};

/// The keys of a member's timers.
const PACE: u8 = 0;
const SILENCE: u8 = 1;

/// What a WebSocket message may have.
const LIMITS: Limits = Limits {
    frame: json::MAX_MESSAGE,
    message: json::MAX_MESSAGE,
    fragments: 1024,
};

impl Server {
    /// A newcomer, from now on a member.
    pub(crate) fn join(&mut self, io: &mut Io, seat: Seat) -> Talk {
        io.set_timer(seat.id, SILENCE, self.idle);
        let letters = self.room.join(seat);
        self.post(io, letters);
        Talk::new(io.now())
    }

    /// A member goes, if it hasn't gone yet.
    pub(crate) fn leave(&mut self, io: &mut Io, seat: Seat, why: Why) {
        let letters = self.room.leave(seat, why);
        self.post(io, letters);
    }

    /// A member has typed something.
    pub(crate) fn hear(&mut self, io: &mut Io, seat: Seat, talk: &mut Talk, line: Line<'_>) {
        talk.pace.spend(io.now());
        let letters = self.room.hear(seat, line);
        let quits = !self.room.contains(seat);
        self.post(io, letters);
        if quits {
            io.send(seat.id, &seat.protocol.last_words(Farewell::Quit));
            io.close(seat.id);
        }
    }

    /// Whether a member's input has to wait: for its own pace, or for the others' turn.
    // ANCHOR: must_wait
    fn must_wait(&mut self, io: &mut Io, seat: Seat, talk: &mut Talk) -> bool {
        let now = io.now();
        if self.turn.is_over(now) {
            io.resume(seat.id); // in the next turn
            return true;
        }
        let Some(wait) = talk.pace.wait(now) else {
            return false;
        };
        io.pause(seat.id);
        io.set_timer(seat.id, PACE, wait);
        if talk.pace.tell() {
            let letters = self.room.refuse(seat, Refusal::TooFast);
            self.post(io, letters);
        }
        true
    }
    // ANCHOR_END: must_wait

    /// Bytes have come at the line port.
    pub(crate) fn on_lines(
        &mut self,
        io: &mut Io,
        id: ConnId,
        (reader, talk): (&mut LineReader, &mut Talk),
        input: &mut Buffer,
    ) {
        let seat = Seat::lines(id);
        talk.silence.heard(io.now());
        while self.room.contains(seat) {
            if input.is_empty() || self.must_wait(io, seat, talk) {
                return;
            }
            let Some(line) = reader.next(input) else {
                return;
            };
            if reader.is_http(&line) {
                let letters = self.put_out(io, seat, Why::Quit, Farewell::Http);
                self.post(io, letters);
            } else {
                self.hear(io, seat, talk, line);
            }
        }
        input.clear();
    }

    /// Frames have come from a page.
    pub(crate) fn on_messages(
        &mut self,
        io: &mut Io,
        id: ConnId,
        page: &mut Page,
        input: &mut Buffer,
    ) {
        let seat = Seat::page(id);
        let Page {
            socket,
            assembler,
            talk,
        } = page;
        talk.silence.heard(io.now());
        while self.room.contains(seat) {
            if input.is_empty() || self.must_wait(io, seat, talk) {
                return;
            }
            let before = input.len();
            socket.on_data_until(io, id, &LIMITS, input, |io, part| {
                let Some(message) = assembler.add(part) else {
                    return ControlFlow::Continue(());
                };
                let said = json::read(message);
                let line = said.as_deref().map_err(Clone::clone);
                self.hear(io, seat, talk, line);
                ControlFlow::Break(()) // the next one may have to wait
            });
            if !socket.is_open() {
                self.leave(io, seat, Why::Quit);
            } else if input.len() == before {
                return;
            }
        }
        input.clear();
    }

    /// A member's time has come: its input may go on, or its silence has lasted.
    pub(crate) fn on_member_timer(&mut self, io: &mut Io, seat: Seat, talk: &mut Talk, key: u8) {
        if key == PACE {
            return io.resume(seat.id);
        }
        match talk.silence.look(io.now(), self.idle) {
            Step::Wait(left) => io.set_timer(seat.id, SILENCE, left),
            Step::Ask => {
                io.send(seat.id, seat.protocol.question());
                io.set_timer(seat.id, SILENCE, self.idle);
            }
            Step::GiveUp => {
                let letters = self.put_out(io, seat, Why::NothingHeard, Farewell::NothingHeard);
                self.post(io, letters);
            }
        }
    }
}
