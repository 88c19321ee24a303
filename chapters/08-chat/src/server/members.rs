//! What members do: they come, speak, are silent, and go.

use std::time::Duration;

use reactor::{Buffer, ConnId, Io, network};
use websocket::deflate::Agreement;

use super::broadcast::Broadcast;
use super::shares::{ROOM_PACE, Shares};
use super::silence::Step;
use super::talk::{ARRIVALS, SILENCE, Talk};
use crate::wording::Line;
use crate::{Farewell, LineReader, Room, Seat, Why};

/// The members of a room, as connections.
#[derive(Debug)]
pub(super) struct Members {
    broadcast: Broadcast,
    /// After so long a silence a member is asked.
    idle: Duration,
}

impl Members {
    /// None yet, in this room.
    pub fn new(room: Room<Seat>, idle: Duration) -> Self {
        let broadcast = Broadcast::new(room, Shares::new(ROOM_PACE));
        Self { broadcast, idle }
    }

    /// So many KiB may be said to all in a second.
    pub fn set_pace(&mut self, kib: u32) {
        self.broadcast.set_shares(Shares::new(kib));
    }

    /// Whether there is a member at `seat`, which hasn't left.
    pub fn has(&self, seat: Seat) -> bool {
        self.broadcast.has(seat)
    }

    /// A WebSocket has agreed to this.
    pub fn compress_for(&mut self, member: Agreement) {
        self.broadcast.compress_for(member);
    }

    /// That WebSocket is gone.
    pub fn forget(&mut self, member: Agreement) {
        self.broadcast.forget(member);
    }

    /// A newcomer, from now on a member.
    pub fn join(&mut self, io: &mut Io, seat: Seat) -> Talk {
        io.set_timer(seat.id, SILENCE, self.idle);
        self.broadcast.join(io, seat);
        let address = io.peer(seat.id).map(|peer| network(peer.ip()));
        Talk::new(io.now(), address)
    }

    /// A member goes, if it hasn't gone yet.
    pub fn leave(&mut self, io: &mut Io, seat: Seat, why: Why) {
        self.broadcast.leave(io, seat, why);
    }

    /// A member has to go, and all are told why.
    pub fn put_out(&mut self, io: &mut Io, seat: Seat, why: Why, farewell: Farewell) {
        self.broadcast.put_out(io, seat, why, farewell);
    }

    /// Whether the member's input has to wait.
    pub fn must_wait(&mut self, io: &mut Io, seat: Seat, talk: &mut Talk) -> bool {
        talk.must_wait(io, seat, &mut self.broadcast)
    }

    /// A member has typed something.
    pub fn hear(&mut self, io: &mut Io, seat: Seat, talk: &mut Talk, line: Line<'_>) {
        let bytes = self.broadcast.hear(io, seat, talk.address(), line);
        talk.spend(io.now(), bytes);
    }

    /// Bytes have arrived at the line port.
    pub fn on_lines(
        &mut self,
        io: &mut Io,
        id: ConnId,
        (reader, talk): (&mut LineReader, &mut Talk),
        input: &mut Buffer,
    ) {
        let seat = Seat::lines(id);
        talk.heard(io.now());
        while self.has(seat) {
            if input.is_empty() || self.must_wait(io, seat, talk) {
                return;
            }
            let Some(line) = reader.next(input) else {
                return;
            };
            if reader.is_http(&line) {
                self.broadcast.put_out(io, seat, Why::Quit, Farewell::Http);
            } else {
                self.hear(io, seat, talk, line);
            }
        }
        input.clear();
    }

    /// No more will arrive at the line port: what is left is the last line.
    pub fn on_last_line(
        &mut self,
        io: &mut Io,
        id: ConnId,
        (reader, talk): (&mut LineReader, &mut Talk),
        input: &mut Buffer,
    ) {
        let seat = Seat::lines(id);
        if let Some(line) = reader.rest(input) {
            self.hear(io, seat, talk, line);
        }
        self.leave(io, seat, Why::Quit);
    }

    /// A member's timer has run out.
    pub fn on_timer(&mut self, io: &mut Io, seat: Seat, talk: &mut Talk, key: u8) {
        if key == ARRIVALS {
            return self.broadcast.tell_arrivals(io, seat);
        }
        match talk.on_timer(io, seat, key, self.idle) {
            None => {}
            Some(Step::Wait(left)) => io.set_timer(seat.id, SILENCE, left),
            Some(Step::Ask) => {
                io.send(seat.id, seat.protocol.question());
                io.set_timer(seat.id, SILENCE, self.idle);
            }
            Some(Step::GiveUp) => {
                let (why, farewell) = (Why::NothingHeard, Farewell::NothingHeard);
                self.broadcast.put_out(io, seat, why, farewell);
            }
        }
    }
}
