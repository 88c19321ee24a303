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
//! requests after it stay in the input, and that is bounded by the reactor.

use std::mem;
use std::ops::ControlFlow;

use reactor::{Buffer, ConnId, Io};

use super::outcome::Outcome;
use super::patience::{Deadline, Due, OWN, Patience, ROUTE};
use super::routes::{Occasion, Reply};
use super::site::Site;
use super::state::State;
use super::trace;
use super::unanswered::Unanswered;
use crate::{
    Connection, Delivery, Event, Extent, Head, Method, Request, RequestParser, Response, Status,
};

/// What one connection remembers: where its request is, and what it waits for.
#[derive(Debug)]
pub struct Http {
    /// What is known of a request whose end hasn't arrived. An idle connection holds none.
    parser: Option<Box<RequestParser>>,
    state: State,
    deadline: Deadline,
}

/// Whether the requests after this one may be looked at.
type Next = ControlFlow<Outcome>;
const STOP: Next = ControlFlow::Break(Outcome::More);

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

impl Http {
    /// A new connection.
    pub fn open<S>(io: &mut Io, id: ConnId, site: &Site<S>) -> Self {
        Self {
            parser: None,
            state: State::Ready,
            deadline: Deadline::first(io, id, &site.patience),
        }
    }

    /// Whether the answer to a complete request is still to come.
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
            Outcome::Upgrade(_) => io.clear_timer(id, OWN),
        }
        outcome
    }

    /// To be called from [`Handler::on_end`](reactor::Handler::on_end): no more input will come.
    pub fn on_end(&mut self, io: &mut Io, id: ConnId) {
        // While an answer is owed, the connection is paused: its end comes behind that.
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
        // No route has been given what has come of this request, so its client may send it again later
        // (RFC 9110 §15.6.4).
        site.update(io);
        let why = "The server is going down, and has not taken this request.";
        let response = Response::error(Status::SERVICE_UNAVAILABLE, why);
        self.give_up(io, id, site, &response, &[]);
    }

    /// To be called from [`Handler::on_timer`](reactor::Handler::on_timer).
    pub fn on_timer<S>(&mut self, io: &mut Io, id: ConnId, site: &mut Site<S>, key: u8) -> Outcome {
        site.update(io);
        match &mut self.state {
            State::Waiting(_) if key == ROUTE => {
                let next = self.ask_again(io, id, site, Occasion::Timer);
                if let ControlFlow::Break(outcome) = next {
                    return outcome;
                }
                self.set_timer(io, id, &site.patience, &[]);
                io.resume(id); // to what has come meanwhile
            }
            State::Body(unanswered)
                if self.deadline.due() == Due::Body
                    && unanswered.progress >= Patience::PROGRESS =>
            {
                unanswered.progress = 0;
                io.set_timer(id, OWN, site.patience.body);
            }
            State::Ready if self.deadline.due() == Due::Idle => {
                self.deadline.idle_is_over(io, id, &site.patience);
            }
            State::Body(_) if io.pending_output(id) > 0 => {
                self.deadline.idle_is_over(io, id, &site.patience);
            }
            // Before all of a head has come there is no request, and so no method whose answer would
            // have no content (RFC 9110 §9.3.2).
            State::Ready | State::Body(_) => {
                let why = "The request took too long to arrive.";
                let response = Response::error(Status::REQUEST_TIMEOUT, why);
                self.give_up(io, id, site, &response, &[]);
            }
            State::Waiting(_) | State::Closed => {}
        }
        Outcome::More
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
        let how = delivery(io, head);
        if site.send_at_hand(io, id, head, how) {
            return self.answered(io, id, site, how.connection);
        }
        self.deadline.leave_to_route();
        match site.reply(io, id, head, &[], Occasion::Request) {
            Reply::Now(response) => self.send(io, id, site, &response, delivery(io, head)),
            Reply::Later => {
                self.state = State::Waiting(Box::new(Unanswered::new(head, None)));
                io.pause(id);
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
                let how = Delivery::of(head).and_close();
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
    fn ask_again<S>(
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
        self.deadline.leave_to_route();
        match site.reply(io, id, &head, unanswered.body(), occasion) {
            Reply::Now(response) => self.send(io, id, site, &response, delivery(io, &head)),
            Reply::Later => {
                self.state = State::Waiting(unanswered);
                io.pause(id);
                STOP
            }
            Reply::Upgrade => ControlFlow::Break(Outcome::Upgrade(unanswered.request)),
        }
    }

    // ANCHOR: send
    /// Sends an answer; nothing follows where it says so.
    #[inline]
    fn send<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        response: &Response,
        how: Delivery,
    ) -> Next {
        site.send(io, id, response, how);
        self.answered(io, id, site, how.connection)
    }

    /// An answer has been sent.
    #[inline]
    fn answered<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &Site<S>,
        connection: Connection,
    ) -> Next {
        self.deadline.answered(site.now());
        if connection == Connection::Close {
            self.state = State::Closed;
            io.close(id);
            return STOP;
        }
        ControlFlow::Continue(())
    }
    // ANCHOR_END: send

    /// The last answer, because it isn't known where the next request would begin. `unread` is what
    /// there is of this one.
    #[cold]
    fn give_up<S>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S>,
        response: &Response,
        unread: &[u8],
    ) {
        let wants_head = match &self.state {
            State::Body(unanswered) => unanswered.request.head().method == Method::Head,
            _ => unread.trim_ascii_start().starts_with(b"HEAD "),
        };
        let extent = if wants_head {
            Extent::Head
        } else {
            Extent::Whole
        };
        let connection = Connection::Close;
        let _ = self.send(io, id, site, response, Delivery { extent, connection });
    }

    // ANCHOR: set_timer
    /// Sets the timer for what is waited for now.
    #[inline]
    fn set_timer(&mut self, io: &mut Io, id: ConnId, patience: &Patience, input: &[u8]) {
        let due = match self.state {
            State::Waiting(_) | State::Closed => return,
            _ if io.is_full(id) => Due::Idle,
            State::Body(_) => Due::Body,
            State::Ready if input.is_empty() => Due::Idle,
            State::Ready => Due::Head,
        };
        self.deadline.set(io, id, due, patience);
    }
    // ANCHOR_END: set_timer
}

/// How the answer to a request goes out. While the server stops, each is its connection's last.
#[inline]
fn delivery(io: &Io, head: &Head<'_>) -> Delivery {
    let how = Delivery::of(head);
    if io.is_stopping() {
        how.and_close()
    } else {
        how
    }
}
