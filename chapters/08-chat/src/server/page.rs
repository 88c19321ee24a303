//! A member behind a WebSocket.

use std::ops::ControlFlow;

use reactor::{Buffer, ConnId, Io};
use websocket::deflate::Inflation;
use websocket::{Assembler, Limits, Part, WebSocket};

use super::members::Members;
use super::talk::Talk;
use crate::wording::json;
use crate::{Seat, Why};

/// What a WebSocket message may have.
const LIMITS: Limits = Limits {
    frame: json::MAX_MESSAGE + json::MAX_MESSAGE / 8 + 64, // what can't be compressed gets longer
    message: json::MAX_MESSAGE,
    fragments: 1024,
};

/// A member behind a WebSocket.
#[derive(Debug)]
pub struct Page {
    socket: WebSocket,
    assembler: Assembler,
    talk: Talk,
}

impl Page {
    /// A newcomer, whose handshake has been answered by `socket`.
    pub(super) fn join(io: &mut Io, id: ConnId, socket: WebSocket, members: &mut Members) -> Self {
        let agreement = socket.agreement();
        if let Some(agreement) = agreement {
            members.compress_for(agreement);
        }
        Self {
            socket,
            assembler: Assembler::default(),
            talk: members.join(io, Seat::page(id, agreement)),
        }
    }

    /// Where it sits.
    pub(super) fn seat(&self, id: ConnId) -> Seat {
        Seat::page(id, self.socket.agreement())
    }

    /// Its connection is gone.
    pub(super) fn forget(&self, members: &mut Members) {
        if let Some(agreement) = self.socket.agreement() {
            members.forget(agreement);
        }
    }

    /// How it talks.
    pub(super) fn talk(&mut self) -> &mut Talk {
        &mut self.talk
    }

    /// Frames have arrived.
    pub(super) fn on_data(
        &mut self,
        io: &mut Io,
        id: ConnId,
        members: &mut Members,
        inflation: &mut Inflation,
        input: &mut Buffer,
    ) {
        let seat = self.seat(id);
        let Self {
            socket,
            assembler,
            talk,
        } = self;
        talk.heard(io.now());
        while members.has(seat) {
            if input.is_empty() || members.must_wait(io, seat, talk) {
                return;
            }
            let before = input.len();
            let mut said = |io: &mut Io, part: Part<'_>| {
                let Some(message) = assembler.add(part) else {
                    return ControlFlow::Continue(());
                };
                let said = json::read(message);
                let line = said.as_deref().map_err(Clone::clone);
                members.hear(io, seat, talk, line);
                ControlFlow::Break(()) // the next one may have to wait
            };
            if socket.agreement().is_some() {
                // A message is too short to be too much for one turn: what is left is seen below.
                let _ = socket.on_data_inflating(
                    io,
                    id,
                    (&LIMITS, &mut *inflation),
                    input,
                    |io, part, _| said(io, part),
                );
            } else {
                socket.on_data_until(io, id, &LIMITS, input, said);
            }
            io.hold(id, assembler.held());
            if !socket.is_open() {
                members.leave(io, seat, Why::Quit);
            } else if input.len() == before {
                return;
            }
        }
        input.clear();
    }
}
