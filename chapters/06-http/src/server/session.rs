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
use std::time::Duration;

use reactor::{Buffer, ConnId, Io};

use super::outcome::Outcome;
use super::patience::{Deadline, Due, OWN, Patience, ROUTE};
use super::routes::Occasion;
use super::site::{NoAnswer, Site};
use super::state::State;
use super::trace;
use super::unanswered::Unanswered;
use crate::{
    Connection, Delivery, Error, Event, Extent, Framing, Head, Method, Request, RequestParser,
    Response, Status,
};

/// What one connection remembers: where its request is, and what it waits for.
#[derive(Debug)]
pub struct Http {
    /// What is known of a request whose end hasn't arrived. An idle connection holds none.
    parser: Option<Box<RequestParser>>,
    state: State,
    deadline: Deadline,
    /// When the head of the last request had arrived, on the reactor's clock.
    since: Duration,
}

/// Whether the requests after this one may be looked at.
type Next<U> = ControlFlow<Outcome<U>>;

const fn stop<U>() -> Next<U> {
    ControlFlow::Break(Outcome::More)
}

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

impl Http {
    /// A new connection.
    pub fn open<S, U>(io: &mut Io, id: ConnId, site: &Site<S, U>) -> Self {
        Self {
            parser: None,
            state: State::Ready,
            deadline: Deadline::first(io, id, &site.patience),
            since: Duration::ZERO,
        }
    }

    /// Whether the answer to a complete request is still to come.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting(_))
    }

    /// The head of a request that is complete but for its body or its answer.
    #[must_use]
    pub fn outstanding(&self) -> Option<Head<'_>> {
        match &self.state {
            State::Body(unanswered) | State::Waiting(unanswered) => Some(unanswered.request.head()),
            State::Ready | State::Closed => None,
        }
    }

    /// To be called from [`Handler::on_data`](reactor::Handler::on_data).
    pub fn on_data<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        input: &mut Buffer,
    ) -> Outcome<U> {
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
            Outcome::Upgrade(..) => {
                io.clear_timer(id, OWN);
                io.clear_timer(id, ROUTE);
            }
        }
        outcome
    }

    /// To be called from [`Handler::on_end`](reactor::Handler::on_end): no more input will come.
    pub fn on_end(&mut self, io: &mut Io, id: ConnId) {
        // While an answer is owed, the connection is paused: its end comes after that.
        if !self.is_waiting() {
            io.close(id);
        }
    }

    /// To be called from [`Handler::on_stop`](reactor::Handler::on_stop): the server is going down, and
    /// receives no more.
    pub fn on_stop<S, U>(&mut self, io: &mut Io, id: ConnId, site: &mut Site<S, U>) {
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

    /// To be called from [`Handler::on_over_limit`](reactor::Handler::on_over_limit): all connections
    /// together hold too much, and this one is given up.
    pub fn on_over_limit<S, U>(&mut self, io: &mut Io, id: ConnId, site: &mut Site<S, U>) {
        if io.pending_output(id) > 0 || matches!(self.state, State::Closed) {
            return io.abort(id); // it doesn't read: not even why
        }
        site.update(io);
        let why = "Too much has been sent to this server that isn't complete, and this was there longest.";
        let response = Response::error(Status::SERVICE_UNAVAILABLE, why).field("Retry-After", "1");
        self.give_up(io, id, site, &response, &[]);
    }

    /// To be called from [`Handler::on_timer`](reactor::Handler::on_timer).
    pub fn on_timer<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        key: u8,
    ) -> Outcome<U> {
        site.update(io);
        match &mut self.state {
            State::Waiting(_) => {
                let next = if key == ROUTE {
                    self.ask_again(io, id, site, Occasion::Timer)
                } else {
                    self.answer_is_late(io, id, site)
                };
                if let ControlFlow::Break(outcome) = next {
                    return outcome;
                }
                self.set_timer(io, id, &site.patience, &[]);
                io.resume(id); // to what has come meanwhile
            }
            _ if key == ROUTE => {}
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
            State::Closed => {}
        }
        Outcome::More
    }

    // ANCHOR: take_requests
    /// Takes what there is of requests from `input[*used..]`, as long as answers can go out.
    #[inline]
    fn take_requests<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        parser: &mut RequestParser,
        input: &[u8],
        used: &mut usize,
    ) -> Next<U> {
        if self.is_waiting() {
            self.ask_again(io, id, site, Occasion::Resumed)?;
        }
        while !io.is_full(id) {
            match parser.next(&input[*used..], &site.limits) {
                Ok(Some((event, length))) => {
                    *used += length;
                    match event {
                        Event::Head(head) => self.take_head(io, id, site, &head)?,
                        Event::Data(data) => self.take_data(io, id, site, data)?,
                        Event::End => self.ask_again(io, id, site, Occasion::Request)?,
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    let response = Response::error(error.status(), error.text());
                    self.give_up(io, id, site, &response, &input[*used..]);
                    return stop();
                }
            }
        }
        ControlFlow::Continue(())
    }
    // ANCHOR_END: take_requests

    #[inline]
    fn take_head<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        head: &Head<'_>,
    ) -> Next<U> {
        trace::request(io, id, head);
        self.since = site.now();
        if head.has_body() {
            return self.begin_body(io, id, site, head);
        }
        let how = delivery(io, head);
        if let Some(bytes) = site.send_at_hand(io, id, head, how) {
            site.tell(io, id, Some(head), self.since, (Status::OK, bytes));
            return self.answered(io, id, site, how.connection);
        }
        match site.reply(io, id, (head, &[]), Occasion::Request) {
            Ok(response) => self.send(io, id, site, Some(head), &response, how),
            Err(NoAnswer::Later) => {
                let unanswered = Box::new(Unanswered::new(head, None));
                self.wait_for_answer(io, id, &site.patience, unanswered)
            }
            Err(NoAnswer::Upgrade(to)) => {
                ControlFlow::Break(Outcome::Upgrade(Request::from(head), to))
            }
        }
    }

    fn begin_body<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        head: &Head<'_>,
    ) -> Next<U> {
        let wanted = site.wanted_body(head);
        if let (Some(most), Framing::Length(length)) = (wanted, head.framing())
            && length > most
        {
            self.state = State::Body(Box::new(Unanswered::new(head, None)));
            return self.refuse_body(io, id, site, Error::BodyTooLarge);
        }
        if head.expects_continue() {
            // Its client waits to hear whether to send the body, and may do so or not after an
            // answer (RFC 9110 §10.1.1): only the end of the connection tells.
            if wanted.is_none()
                && let Ok(response) = site.reply(io, id, (head, &[]), Occasion::Request)
            {
                let how = Delivery::of(head).and_close();
                return self.send(io, id, site, Some(head), &response, how);
            }
            trace::response(io, id, Status::CONTINUE, CONTINUE, None);
            io.send(id, CONTINUE);
        }
        let unanswered = Box::new(Unanswered::new(head, wanted));
        io.hold(id, unanswered.held());
        self.state = State::Body(unanswered);
        ControlFlow::Continue(())
    }

    /// A piece of a body. The parser has seen to it that there isn't more than the limit of all.
    fn take_data<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        data: &[u8],
    ) -> Next<U> {
        if let State::Body(unanswered) = &mut self.state {
            if let Err(error) = unanswered.take(data) {
                return self.refuse_body(io, id, site, error);
            }
            io.hold(id, unanswered.held());
        }
        ControlFlow::Continue(())
    }

    /// The request whose body is on its way is refused, and the connection ends with that.
    #[cold]
    fn refuse_body<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        error: Error,
    ) -> Next<U> {
        let response = Response::error(error.status(), error.text());
        self.give_up(io, id, site, &response, &[]);
        stop()
    }

    /// Asks for the answer to a request that is kept here.
    fn ask_again<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        occasion: Occasion,
    ) -> Next<U> {
        let (State::Body(unanswered) | State::Waiting(unanswered)) =
            mem::replace(&mut self.state, State::Ready)
        else {
            return ControlFlow::Continue(());
        };
        let head = unanswered.request.head();
        let how = delivery(io, &head);
        let reply = site.reply(io, id, (&head, unanswered.body()), occasion);
        io.hold(id, 0);
        match reply {
            Ok(response) => {
                io.clear_timer(id, ROUTE);
                self.send(io, id, site, Some(&head), &response, how)
            }
            Err(NoAnswer::Later) => self.wait_for_answer(io, id, &site.patience, unanswered),
            Err(NoAnswer::Upgrade(to)) => {
                ControlFlow::Break(Outcome::Upgrade(unanswered.request, to))
            }
        }
    }

    /// The answer comes later. Until then nothing more is read.
    fn wait_for_answer<U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        patience: &Patience,
        unanswered: Box<Unanswered>,
    ) -> Next<U> {
        io.hold(id, unanswered.held());
        self.state = State::Waiting(unanswered);
        self.deadline.set(io, id, Due::Answer, patience);
        io.pause(id);
        stop()
    }

    /// The route has not given its answer in time.
    #[cold]
    fn answer_is_late<S, U>(&mut self, io: &mut Io, id: ConnId, site: &mut Site<S, U>) -> Next<U> {
        let State::Waiting(unanswered) = mem::replace(&mut self.state, State::Ready) else {
            return ControlFlow::Continue(()); // not reached: its caller has seen to that
        };
        io.clear_timer(id, ROUTE);
        io.hold(id, 0);
        let head = unanswered.request.head();
        let how = delivery(io, &head);
        let why = "The answer took too long. It may be there later.";
        let response = Response::error(Status::SERVICE_UNAVAILABLE, why);
        self.send(io, id, site, Some(&head), &response, how)
    }

    /// Sends an answer; nothing follows where it says so.
    #[inline]
    fn send<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        head: Option<&Head<'_>>,
        response: &Response,
        how: Delivery,
    ) -> Next<U> {
        let bytes = site.send(io, id, response, how);
        site.tell(io, id, head, self.since, (response.status(), bytes));
        self.answered(io, id, site, how.connection)
    }

    /// An answer has been sent.
    #[inline]
    fn answered<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &Site<S, U>,
        connection: Connection,
    ) -> Next<U> {
        self.deadline.answered(site.now());
        if connection == Connection::Close {
            self.state = State::Closed;
            io.close(id);
            return stop();
        }
        ControlFlow::Continue(())
    }

    /// The last answer, because it isn't known where the next request would begin. `unread` is what
    /// there is of this one.
    #[cold]
    fn give_up<S, U>(
        &mut self,
        io: &mut Io,
        id: ConnId,
        site: &mut Site<S, U>,
        response: &Response,
        unread: &[u8],
    ) {
        let unanswered = match mem::replace(&mut self.state, State::Closed) {
            State::Body(unanswered) | State::Waiting(unanswered) => Some(unanswered),
            _ => None,
        };
        io.hold(id, 0);
        let head = unanswered.as_ref().map(|it| it.request.head());
        let wants_head = match &head {
            Some(head) => head.method == Method::Head,
            None => unread.trim_ascii_start().starts_with(b"HEAD "),
        };
        if head.is_none() {
            self.since = site.now();
        }
        let extent = if wants_head {
            Extent::Head
        } else {
            Extent::Whole
        };
        let connection = Connection::Close;
        let how = Delivery { extent, connection };
        let _ = self.send(io, id, site, head.as_ref(), response, how);
    }

    // ANCHOR: set_timer
    /// Sets the timer for what is waited for now.
    #[inline]
    fn set_timer(&mut self, io: &mut Io, id: ConnId, patience: &Patience, input: &[u8]) {
        let due = match self.state {
            State::Waiting(_) | State::Closed => return,
            _ if io.is_full(id) => Due::Idle,
            State::Body(_) => Due::Body,
            // Empty lines, which some clients send after a body, begin no request.
            State::Ready if input.iter().all(|byte| b"\r\n".contains(byte)) => Due::Idle,
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
