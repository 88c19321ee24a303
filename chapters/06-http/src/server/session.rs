//! One HTTP connection: requests in, answers out, in their order.
//!
//! ```text
//!               a request, answered                     Reply::Later
//!              ┌───────────────────┐          ┌───────────────────────────┐
//!              ▼                   │          │                           ▼
//!   open ──► Ready ────────────────┴──────────┤      timer, resume ┌─► Waiting
//!              │ ▲                            │                    └────┤ │
//!     a head   │ │ its end, answered          │           Reply::Later  │ │
//!     with a   ▼ │                            │                           │
//!     body    Body ───────────────────────────┘   ◄── Reply::Now: Ready ──┘
//!              │
//!              └──► Closed ◄── the last answer, an error, a deadline: from everywhere
//! ```
//!
//! Answers never overtake one another: while one is outstanding, or the client doesn't read, the
//! requests behind it stay in the input, and that is bounded by the reactor.

use std::mem;
use std::ops::ControlFlow;
use std::time::Duration;

use reactor::{Buffer, ConnId, Io};

use super::patience::Due;
use super::unanswered::Unanswered;
use crate::{
    Connection, Delivery, Event, Head, Occasion, Reply, Request, RequestParser, Response, Site,
    Status,
};

use super::trace;

/// What has become of a connection.
#[derive(Debug)]
#[must_use]
pub enum Outcome {
    /// It goes on as it is.
    More,
    /// A route has said [`Reply::Upgrade`] to this request. All before it has been answered, it
    /// and its body have been consumed; what is left of the input, and the connection's timer, are
    /// whoever takes over's.
    Upgrade(Request),
}

/// What one connection remembers: where its request is, and what it waits for.
#[derive(Debug)]
pub struct Http {
    /// What is known of a request whose end hasn't come. An idle connection holds none.
    parser: Option<Box<RequestParser>>,
    pub(crate) state: State,
    /// What the connection's timer is set for.
    pub(crate) due: Due,
    /// When the last answer was given, on the reactor's clock; before that, when it was opened.
    pub(crate) answered: Duration,
    /// Output that was pending when the idle timer last ran out.
    pub(crate) pending: u64,
}

#[derive(Debug)]
pub(crate) enum State {
    /// Between two requests, or within a head.
    Ready,
    /// Within a body.
    Body(Box<Unanswered>),
    /// A request is complete, and its answer comes later.
    Waiting(Box<Unanswered>),
    /// The last answer is on its way.
    Closed,
}

/// Whether the requests behind this one may be looked at.
pub(crate) type Next = ControlFlow<Outcome>;
pub(crate) const STOP: Next = ControlFlow::Break(Outcome::More);

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

impl Http {
    /// A new connection.
    pub fn open<S>(io: &mut Io, id: ConnId, site: &Site<S>) -> Self {
        io.set_timer(id, site.patience.idle);
        Self {
            parser: None,
            state: State::Ready,
            due: Due::Idle,
            answered: io.now(),
            pending: 0,
        }
    }

    /// Whether a request has come whose answer comes later.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting(_))
    }

    /// To be called from [`Handler::on_data`](reactor::Handler::on_data).
    pub fn on_data<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        input: &mut Buffer,
    ) -> Outcome {
        site.update(io);
        let mut parser = self.parser.take().map(|parser| *parser).unwrap_or_default();
        let mut used = 0;
        let next = self.take_requests(io, id, site, &mut parser, input, &mut used);
        let outcome = next.break_value().unwrap_or(Outcome::More);
        input.consume(used);
        if !input.is_empty() || parser.is_in_body() {
            self.parser = Some(Box::new(parser));
            if matches!(outcome, Outcome::More) {
                trace::keep(io, id, &self.state, input.len());
            }
        }
        match outcome {
            Outcome::More => self.set_timer(io, id, &site.patience, input),
            Outcome::Upgrade(_) => io.clear_timer(id),
        }
        outcome
    }

    /// To be called from [`Handler::on_end`](reactor::Handler::on_end): no more input will come.
    pub fn on_end(&mut self, io: &mut Io, id: ConnId) {
        // What is owed is sent first: when it is there, this is called again.
        if !self.is_waiting() {
            io.close(id);
        }
    }

    /// To be called from [`Handler::on_stop`](reactor::Handler::on_stop): the server is going down, and
    /// receives no more.
    pub fn on_stop<S>(&mut self, io: &mut Io, id: ConnId, site: &mut Site<S>) {
        if !matches!(self.state, State::Body(_)) {
            return self.on_end(io, id);
        }
        // Nobody has been given what has come of this request, so its client may send it again later
        // (RFC 9110 §15.6.4).
        site.update(io);
        let why = "The server is going down, and has not taken this request.";
        let response = Response::error(Status::SERVICE_UNAVAILABLE, why);
        self.give_up(io, id, site, &response, &[]);
    }

    // ANCHOR: take_requests
    /// Takes what there is of requests from `input[*used..]`, as long as answers can go out.
    #[inline]
    fn take_requests<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        parser: &mut RequestParser,
        input: &[u8],
        used: &mut usize,
    ) -> Next {
        if self.is_waiting() {
            self.ask_again(io, id, site, Occasion::Resumed)?;
        }
        while !io.is_full(id) {
            match parser.next(&input[*used..], &site.limits) {
                Ok(Some((event, length))) => {
                    *used += length;
                    match event {
                        Event::Head(head) => self.take_head(io, id, site, &head)?,
                        Event::Data(data) => self.take_data(data),
                        Event::End => self.ask_again(io, id, site, Occasion::Request)?,
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    let response = Response::error(error.status(), error.text());
                    self.give_up(io, id, site, &response, &input[*used..]);
                    return STOP;
                }
            }
        }
        ControlFlow::Continue(())
    }
    // ANCHOR_END: take_requests

    #[inline]
    fn take_head<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        head: &Head<'_>,
    ) -> Next {
        trace::request(io, id, head);
        if head.has_body() {
            return self.begin_body(io, id, site, head);
        }
        let how = Delivery::of(io, head);
        if let Some(file) = site.write_at_hand(head, how) {
            return self.send_written(io, id, site, Status::OK, file, how.connection);
        }
        self.due = Due::Unset; // a route may set the timer
        match site.reply(io, id, head, &[], Occasion::Request) {
            Reply::Now(response) => self.send(io, id, site, &response, Delivery::of(io, head)),
            Reply::Later => {
                self.state = State::Waiting(Box::new(Unanswered::new(head, None)));
                STOP
            }
            Reply::Upgrade => ControlFlow::Break(Outcome::Upgrade(Request::from(head))),
        }
    }

    fn begin_body<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        head: &Head<'_>,
    ) -> Next {
        let body = site.wants_body(head).then(Vec::new);
        if head.expects_continue() {
            // Its client waits to hear whether to send the body, and may do so or not after an
            // answer (RFC 9110 §10.1.1): only the end of the connection tells.
            if body.is_none()
                && let Reply::Now(response) = site.reply(io, id, head, &[], Occasion::Request)
            {
                let how = Delivery {
                    connection: Connection::Close,
                    ..Delivery::of(io, head)
                };
                return self.send(io, id, site, &response, how);
            }
            trace::response(io, id, Status::CONTINUE, CONTINUE, None);
            io.send(id, CONTINUE);
        }
        self.state = State::Body(Box::new(Unanswered::new(head, body)));
        ControlFlow::Continue(())
    }

    /// The parser has seen to it that there isn't more than the limit.
    fn take_data(&mut self, data: &[u8]) {
        if let State::Body(unanswered) = &mut self.state {
            unanswered.take(data);
        }
    }

    /// Asks for the answer to a request that is kept here.
    pub(crate) fn ask_again<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        occasion: Occasion,
    ) -> Next {
        let (State::Body(unanswered) | State::Waiting(unanswered)) =
            mem::replace(&mut self.state, State::Ready)
        else {
            return ControlFlow::Continue(());
        };
        let head = unanswered.request.head();
        self.due = Due::Unset;
        match site.reply(io, id, &head, unanswered.body(), occasion) {
            Reply::Now(response) => self.send(io, id, site, &response, Delivery::of(io, &head)),
            Reply::Later => {
                self.state = State::Waiting(unanswered);
                STOP
            }
            Reply::Upgrade => ControlFlow::Break(Outcome::Upgrade(unanswered.request)),
        }
    }
}
