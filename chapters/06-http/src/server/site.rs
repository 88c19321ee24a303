//! What all connections of a server share: routes, files, and the time.

use std::borrow::Cow;
use std::convert::Infallible;
use std::time::{Duration, SystemTime};

use reactor::{ConnId, Io};

use super::answered::Answered;
use super::hosts::Hosts;
use super::patience::Patience;
use super::routes::{Call, Found, Occasion, Reply, Route, allow, find};
use super::trace;
use crate::files::is_plain;
use crate::{
    Date, Delivery, Error, FileRange, Files, Form, Head, Limits, Method, Response, Status, normal,
};

/// Why there is no answer now.
pub(super) enum NoAnswer<U> {
    /// It comes later.
    Later,
    /// The connection changes its protocol.
    Upgrade(U),
}

/// Memory for answers that is kept from one to the next.
const KEPT: usize = 64 * 1024;

/// What all connections of a server share. `S` is the state of its routes, and `U` what they upgrade
/// connections to.
///
/// It is a [`Handler`](reactor::Handler) whose sessions are [`Http`](crate::Http). A server with connections of other kinds has a
/// handler of its own, which keeps a `Site` and calls each session's methods with it.
#[derive(Debug)]
pub struct Site<S, U = Infallible> {
    /// How much of a request is read.
    pub limits: Limits,
    /// How long a client is waited for.
    pub patience: Patience,
    /// By which names it is asked for. With another: 421.
    pub hosts: Hosts,
    /// What the routes share.
    pub state: S,
    /// Is told of each answer, for an access log. A 101 is the new protocol's own answer.
    pub on_answer: Option<fn(&mut S, &Answered<'_>)>,
    routes: Vec<Route<S, U>>,
    files: Files,
    date: Date,
    /// The time of this turn, on the reactor's clock.
    now: Duration,
    /// When the next second begins, on the same clock.
    next_second: Duration,
    /// Where answers are written. Empty between two of them, but its memory stays.
    out: Vec<u8>,
}

impl<S, U> Site<S, U> {
    /// A site with these routes, and these files for what no route takes.
    pub fn new(files: Files, routes: Vec<Route<S, U>>, state: S) -> Self {
        Self {
            limits: Limits::default(),
            patience: Patience::default(),
            hosts: Hosts::default(),
            state,
            on_answer: None,
            routes,
            files,
            date: Date::new(SystemTime::now()),
            now: Duration::ZERO,
            next_second: Duration::ZERO,
            out: Vec::new(),
        }
    }

    /// How many bytes of this request's body are kept for its route; `None` if none are. Files do
    /// without.
    pub(super) fn wanted_body(&self, head: &Head<'_>) -> Option<u64> {
        if head.target.is_https() || !self.hosts.allow(head) {
            return None;
        }
        let path = path(head).ok();
        match find(&self.routes, head.method, path.as_deref()) {
            Found::Answer(route) => route.body(),
            Found::OtherMethods(_) | Found::Nothing => None,
        }
    }

    /// Answers the most usual request: for all of a file that is at hand. The bytes of the answer, or
    /// `None` for another request.
    ///
    /// Routes needn't be asked. A file is at hand because none of them took its path, and it is at hand
    /// for the normal form of that path alone.
    #[inline]
    pub(super) fn send_at_hand(
        &mut self,
        io: &mut Io,
        id: ConnId,
        head: &Head<'_>,
        how: Delivery,
    ) -> Option<u64> {
        let usual = matches!(head.method, Method::Get) && how == Delivery::default();
        if !usual
            || head.target.form() != Form::Origin
            || !is_plain(head.fields)
            || !self.hosts.allow(head)
        {
            return None;
        }
        let path = head.target.plain_path()?;
        let page = self.files.at_hand(path, &self.date)?;
        let file = page.write_whole(&mut self.out, &self.date);
        Some(self.send_written(io, id, Status::OK, file))
    }

    // ANCHOR: send
    /// Writes an answer and sends it: its bytes, head and content.
    #[inline]
    pub(super) fn send(
        &mut self,
        io: &mut Io,
        id: ConnId,
        response: &Response,
        how: Delivery,
    ) -> u64 {
        let file = response.write(&mut self.out, &self.date, how);
        self.send_written(io, id, response.status(), file)
    }

    /// Sends what has been written, followed by `file`: so many bytes.
    #[inline]
    fn send_written(
        &mut self,
        io: &mut Io,
        id: ConnId,
        status: Status,
        file: Option<FileRange>,
    ) -> u64 {
        trace::response(io, id, status, &self.out, file.as_ref());
        let mut bytes = self.out.len() as u64;
        io.send(id, &self.out);
        self.out.clear();
        if self.out.capacity() > KEPT {
            self.out = Vec::new(); // it was a long one
        }
        if let Some((file, range)) = file {
            bytes += range.end.saturating_sub(range.start);
            io.send_file(id, file, range);
        }
        bytes
    }
    // ANCHOR_END: send

    /// Tells of an answer to the request with this `head`, which had arrived at `since`.
    #[inline]
    pub(super) fn tell(
        &mut self,
        io: &Io,
        id: ConnId,
        head: Option<&Head<'_>>,
        since: Duration,
        (status, bytes): (Status, u64),
    ) {
        if let Some(on_answer) = self.on_answer {
            let answered = Answered {
                peer: io.peer(id),
                head: head.copied(),
                status,
                bytes,
                took: self.now.saturating_sub(since),
            };
            on_answer(&mut self.state, &answered);
        }
    }

    /// The answer to a complete request.
    ///
    /// # Errors
    /// Why there is none now.
    pub(super) fn reply(
        &mut self,
        io: &mut Io,
        id: ConnId,
        (head, body): (&Head<'_>, &[u8]),
        occasion: Occasion,
    ) -> Result<Response, NoAnswer<U>> {
        if !self.hosts.allow(head) {
            return Ok(other_host());
        }
        match head.target.form() {
            Form::Absolute if head.target.is_https() => return Ok(misdirected()),
            Form::Origin | Form::Absolute => {}
            Form::Asterisk => return Ok(Response::options(&self.allow_anywhere())),
            Form::Authority => return Ok(not_implemented()),
        }
        let path = path(head);
        let found = find(&self.routes, head.method, path.as_deref().ok());
        let response = match (found, head.method) {
            (Found::Answer(route), _) => {
                let answer = route.answer();
                let mut call = Call {
                    io,
                    id,
                    head: *head,
                    body,
                    occasion,
                };
                match answer(&mut self.state, &mut call) {
                    Reply::Now(response) => response,
                    Reply::File(path) => self.files.answer_for_route(head, &path, &self.date),
                    Reply::Later => return Err(NoAnswer::Later),
                    Reply::Upgrade(to) => return Err(NoAnswer::Upgrade(to)),
                }
            }
            // RFC 9110 §9.1: a method that nothing here takes is 501, not 405.
            (_, Method::Other(_) | Method::Trace) => not_implemented(),
            (Found::OtherMethods(allow), Method::Options) => Response::options(&allow),
            (Found::OtherMethods(allow), _) => Response::error(
                Status::METHOD_NOT_ALLOWED,
                "This takes other methods; the field Allow names them.",
            )
            .field("Allow", allow),
            (Found::Nothing, _) => match path {
                Ok(path) => self.files.answer(head, &path, &self.date),
                Err(error) => Response::error(error.status(), error.text()),
            },
        };
        Ok(response)
    }

    /// What is taken by any route, or by files.
    fn allow_anywhere(&self) -> String {
        let files = [Method::Get, Method::Head];
        allow(|method| {
            files.contains(&method) || self.routes.iter().any(|route| route.takes(method))
        })
    }

    /// The time of this turn, on the reactor's clock.
    #[inline]
    pub(super) fn now(&self) -> Duration {
        self.now
    }

    /// Looks at the clock, once a second.
    #[inline]
    pub(super) fn update(&mut self, io: &mut Io) {
        self.now = io.now();
        if self.now >= self.next_second {
            self.next_second = self.now + self.date.update(SystemTime::now());
        }
    }
}

/// The path by which routes and files are looked up: decoded, and in its normal form.
fn path<'a>(head: &Head<'a>) -> Result<Cow<'a, [u8]>, Error> {
    head.target.decoded_path().map(normal)
}

fn misdirected() -> Response {
    Response::error(
        Status::MISDIRECTED_REQUEST,
        "This connection is not secured, and a resource of https is not to be had on it.",
    )
}

#[cold]
fn other_host() -> Response {
    Response::error(
        Status::MISDIRECTED_REQUEST,
        "This server is not known by that name. It may be started with --host-name NAME.",
    )
}

fn not_implemented() -> Response {
    Response::error(
        Status::NOT_IMPLEMENTED,
        "Nothing on this server takes this method.",
    )
}
