//! A member behind a WebSocket.

use std::ops::ControlFlow;

use reactor::{Buffer, ConnId, Io};
use websocket::{Assembler, Limits, WebSocket};

use super::members::Members;
use super::talk::Talk;
use crate::wording::json;
use crate::{Seat, Why};

/// What a WebSocket message may have.
const LIMITS: Limits = Limits {
    frame: json::MAX_MESSAGE,
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
        Self {
            socket,
            assembler: Assembler::default(),
            talk: members.join(io, Seat::page(id)),
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
        input: &mut Buffer,
    ) {
        let seat = Seat::page(id);
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
            socket.on_data_until(io, id, &LIMITS, input, |io, part| {
                let Some(message) = assembler.add(part) else {
                    return ControlFlow::Continue(());
                };
                let said = json::read(message);
                let line = said.as_deref().map_err(Clone::clone);
                members.hear(io, seat, talk, line);
                ControlFlow::Break(()) // the next one may have to wait
            });
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
