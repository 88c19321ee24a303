//! One WebSocket connection on the reactor: it answers what the protocol answers, and passes on
//! what is said.
//!
//! ```text
//!   input ──► Decoder ──► Part ───────────────────► the owner of this session
//!                     ├─► Ping ───► a Pong
//!                     ├─► Close ──► a Close ──┐
//!                     └─► an error ► a Close ─┴───► the TCP connection is closed
//! ```
//!
//! All answers to what one read has brought go out in one write: the reactor sees to that.

use std::mem;
use std::ops::ControlFlow;
use std::time::Duration;

use reactor::{Buffer, ConnId, Io};

use super::heartbeat::{Beat, Heartbeat};
use super::output::{send_close, send_frame};
use crate::deflate::{Agreement, Contexts, Inflation, Outgoing, Takeover};
use crate::{
    Accepted, Close, CloseCode, Closing, Decoder, Error, Event, Limits, Opcode, Part, Role,
};

use super::trace;

/// The key of the heartbeat's timer.
const TIMER: u8 = 0;

/// Bytes that one callback inflates, about: then others have their turn.
const TURN: usize = 256 * 1024;

/// Whether a callback has come to the end of what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Progress {
    /// More has to come before there is anything to do.
    Done,
    /// It has had its share: [`Io::resume`] lets it go on after the others.
    More,
}

/// What one connection remembers.
#[derive(Debug)]
pub struct WebSocket {
    decoder: Decoder,
    closing: Closing,
    heartbeat: Heartbeat,
    agreement: Option<Agreement>,
    /// What is remembered for compression; `None`, if that is nothing.
    contexts: Option<Box<Contexts>>,
}

impl WebSocket {
    /// Sends the answer to the opening handshake. From here on the connection speaks WebSocket.
    #[must_use]
    pub fn open(io: &mut Io, id: ConnId, accepted: &Accepted) -> Self {
        let answer = accepted.answer();
        trace::switching(io, id, &answer);
        io.send(id, answer.as_bytes());
        Self {
            decoder: match accepted.compression {
                Some(_) => Decoder::compressed(Role::Server),
                None => Decoder::new(Role::Server),
            },
            closing: Closing::Open,
            heartbeat: Heartbeat::default(),
            agreement: accepted.compression,
            contexts: None,
        }
    }

    /// What has been agreed on about compression.
    #[inline]
    #[must_use]
    pub const fn agreement(&self) -> Option<Agreement> {
        self.agreement
    }

    /// What messages are sent with, so that they are compressed if they may be.
    pub fn with_outgoing<T>(&mut self, send: impl FnOnce(Outgoing<'_>) -> T) -> T {
        let direction = self.agreement.map(|agreement| agreement.server);
        let mut none = None;
        let deflater = match (&mut self.contexts, direction) {
            (Some(contexts), _) => &mut contexts.deflater,
            (contexts, Some(direction)) if direction.takeover == Takeover::Kept => {
                &mut contexts.get_or_insert_default().deflater
            }
            _ => &mut none,
        };
        send(Outgoing::new(direction, deflater))
    }

    /// To be called from [`Handler::on_data`](reactor::Handler::on_data): takes what there is,
    /// and calls `said` with each part of a message, as long as the output isn't full.
    #[inline]
    pub fn on_data(
        &mut self,
        io: &mut Io,
        id: ConnId,
        limits: &Limits,
        input: &mut Buffer,
        mut said: impl FnMut(&mut Io, Part<'_>),
    ) {
        self.on_data_until(io, id, limits, input, |io, part| {
            said(io, part);
            ControlFlow::Continue(())
        });
    }

    /// As [`Self::on_data`], and leaves the rest of the input where `said` breaks.
    #[inline]
    // ANCHOR: on_data
    pub fn on_data_until(
        &mut self,
        io: &mut Io,
        id: ConnId,
        limits: &Limits,
        input: &mut Buffer,
        mut said: impl FnMut(&mut Io, Part<'_>) -> ControlFlow<()>,
    ) {
        self.heartbeat.heard();
        while !input.is_empty() && !io.is_full(id) {
            trace::input(io, id, &self.decoder, input, limits);
            match self.decoder.next(input, limits) {
                Ok(None) => return trace::keep(io, id, input),
                Ok(Some(Event::Data(part))) => {
                    if self.closing.is_open() && said(io, part).is_break() {
                        return;
                    }
                }
                Ok(Some(event)) => {
                    if self.control(io, id, event).is_break() {
                        return;
                    }
                }
                Err(error) => return self.fail(io, id, error),
            }
        }
    }
    // ANCHOR_END: on_data

    /// As [`Self::on_data_until`], where messages may be compressed. A part is passed on with what
    /// an answer to it is sent with. Where `said` breaks in the middle of a message, it may be called for
    /// further parts of that all the same.
    pub fn on_data_inflating(
        &mut self,
        io: &mut Io,
        id: ConnId,
        (limits, shared): (&Limits, &mut Inflation),
        input: &mut Buffer,
        mut said: impl FnMut(&mut Io, Part<'_>, Outgoing<'_>) -> ControlFlow<()>,
    ) -> Progress {
        self.heartbeat.heard();
        let mut inflated = 0;
        while !input.is_empty() && !io.is_full(id) {
            if inflated >= TURN {
                return Progress::More;
            }
            trace::input(io, id, &self.decoder, input, limits);
            let flow = match self.decoder.next(input, limits) {
                Ok(None) => {
                    trace::keep(io, id, input);
                    return Progress::Done;
                }
                Ok(Some(Event::Deflated(part))) => {
                    let limited = (limits, &mut *shared);
                    let inflating = self.inflate(part, limited, |part, compressed, out| {
                        trace::inflated(io, id, part.bytes.len(), compressed);
                        said(io, part, out)
                    });
                    match inflating {
                        Ok((bytes, flow)) => {
                            inflated += bytes;
                            flow
                        }
                        Err(error) => {
                            self.fail(io, id, error);
                            return Progress::Done;
                        }
                    }
                }
                Ok(Some(Event::Data(part))) if self.closing.is_open() => {
                    self.with_outgoing(|out| said(io, part, out))
                }
                Ok(Some(Event::Data(_))) => ControlFlow::Continue(()),
                Ok(Some(event)) => self.control(io, id, event),
                Err(error) => {
                    self.fail(io, id, error);
                    return Progress::Done;
                }
            };
            if flow.is_break() {
                return Progress::Done;
            }
        }
        Progress::Done
    }

    /// Inflates some of a message, and passes on what comes of it, piece by piece, with how many
    /// compressed bytes it comes of: they are all counted with the first piece. How many bytes that
    /// was, inflated, and whether `said` breaks.
    fn inflate(
        &mut self,
        part: Part<'_>,
        (limits, shared): (&Limits, &mut Inflation),
        mut said: impl FnMut(Part<'_>, usize, Outgoing<'_>) -> ControlFlow<()>,
    ) -> Result<(usize, ControlFlow<()>), Error> {
        let agreement = self.agreement.ok_or(Error::ReservedBit)?;
        let is_open = self.closing.is_open();
        let mut new = Contexts::default();
        let Contexts { incoming, deflater } = self.contexts.as_deref_mut().unwrap_or(&mut new);
        let mut flow = ControlFlow::Continue(());
        let mut compressed = incoming.waiting() + part.bytes.len();
        let bytes = incoming.add(part, agreement.client, limits, shared, |part| {
            let outgoing = Outgoing::new(Some(agreement.server), deflater);
            if is_open && said(part, mem::take(&mut compressed), outgoing).is_break() {
                flow = ControlFlow::Break(());
            }
        })?;
        if self.contexts.is_none() && !new.is_empty() {
            self.contexts = Some(Box::new(new));
        }
        // Without takeover, a connection holds nothing between two messages.
        self.contexts.take_if(|contexts| contexts.is_empty());
        Ok((bytes, flow))
    }

    /// Answers a control frame; with a Close, it breaks.
    fn control(&mut self, io: &mut Io, id: ConnId, event: Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Ping(payload) => {
                if self.closing.is_open() {
                    send_frame(io, id, Opcode::Pong, payload);
                }
            }
            Event::Close(theirs) => {
                let ours = self.closing.received(theirs);
                finish(io, id, ours);
                return ControlFlow::Break(());
            }
            // Messages aren't control frames, and a Pong has done its work by being heard.
            Event::Data(_) | Event::Deflated(_) | Event::Pong(_) => {}
        }
        ControlFlow::Continue(())
    }

    /// Whether messages may still be sent: neither side has sent a Close.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.closing.is_open()
    }

    /// The peer has broken the protocol (RFC 6455 §7.1.7).
    #[cold]
    fn fail(&mut self, io: &mut Io, id: ConnId, error: Error) {
        let ours = self.closing.failed(error);
        finish(io, id, ours);
    }

    /// Closes the connection, for a reason of ours: sends a Close, and no more. What still comes
    /// is not passed on; with the peer's Close, or when the heart has stopped, it ends.
    pub fn close(&mut self, io: &mut Io, id: ConnId, close: Close<'_>) {
        if let Some(close) = self.closing.close(close) {
            send_close(io, id, close);
        }
    }

    /// Sets the timer of the heartbeat for the first time; `None`: there is none.
    pub fn begin_heartbeat(io: &mut Io, id: ConnId, period: Option<Duration>) {
        match period {
            Some(period) => io.set_timer(id, TIMER, period),
            None => io.clear_timer(id, TIMER),
        }
    }

    /// To be called from [`Handler::on_timer`](reactor::Handler::on_timer), which comes once in a
    /// `period`.
    pub fn on_timer(&mut self, io: &mut Io, id: ConnId, period: Duration) {
        // ANCHOR: on_timer
        match self.heartbeat.beat(io.pending_output(id)) {
            Beat::Wait => {}
            Beat::Ask => send_frame(io, id, Opcode::Ping, b""),
            Beat::Unanswered => {
                let why = Close {
                    code: Some(CloseCode::INTERNAL_ERROR),
                    reason: "no Pong came",
                };
                self.close(io, id, why);
                return io.close(id);
            }
        }
        io.set_timer(id, TIMER, period);
        // ANCHOR_END: on_timer
    }

    /// To be called from [`Handler::on_over_limit`](reactor::Handler::on_over_limit): all connections
    /// together hold too much, and this one is given up.
    pub fn on_over_limit(&mut self, io: &mut Io, id: ConnId) {
        let why = Close {
            code: Some(CloseCode::TRY_AGAIN_LATER),
            reason: "the server holds too much that isn't complete",
        };
        self.close(io, id, why);
        io.close(id);
    }

    /// To be called from [`Handler::on_stop`](reactor::Handler::on_stop): the server goes down.
    /// From now on nothing is received, so there is no waiting for the peer's Close. It may still send
    /// it: the reactor lingers.
    pub fn on_stop(&mut self, io: &mut Io, id: ConnId) {
        self.close(io, id, Close::from(CloseCode::GOING_AWAY));
        io.close(id);
    }
}

/// The closing handshake is done, or has failed: this side closes the TCP connection first, as a
/// server should (RFC 6455 §7.1.1).
fn finish(io: &mut Io, id: ConnId, close: Option<Close<'_>>) {
    if let Some(close) = close {
        send_close(io, id, close);
    }
    io.close(id);
}
