//! What all connections of a server share: routes, files, and the time.

use std::time::{Duration, SystemTime};

use reactor::{ConnId, Io};

use super::patience::{OWN, Patience};
use super::routes::{Call, Found, Occasion, Reply, Route, allow, find};
use super::trace;
use crate::files::is_plain;
use crate::{Date, Delivery, FileRange, Files, Form, Head, Limits, Method, Response, Status};

/// Memory for answers that is kept from one to the next.
const KEPT: usize = 64 * 1024;

/// What all connections of a server share. `S` is the state of its routes.
///
/// It is a [`Handler`](reactor::Handler) whose sessions are [`Http`](crate::Http). A server with connections of other kinds has a
/// handler of its own, which keeps a `Site` and calls each session's methods with it.
#[derive(Debug)]
pub struct Site<S> {
    /// How much of a request is read.
    pub limits: Limits,
    /// How long a client is waited for.
    pub patience: Patience,
    /// What the routes share.
    pub state: S,
    routes: Vec<Route<S>>,
    files: Files,
    date: Date,
    /// The time of this turn, on the reactor's clock.
    now: Duration,
    /// When the next second begins, on the same clock.
    next_second: Duration,
    /// Where answers are written. Empty between two of them, but its memory stays.
    out: Vec<u8>,
}

impl<S> Site<S> {
    /// A site with these routes, and these files for what no route takes.
    pub fn new(files: Files, routes: Vec<Route<S>>, state: S) -> Self {
        Self {
            limits: Limits::default(),
            patience: Patience::default(),
            state,
            routes,
            files,
            date: Date::new(SystemTime::now()),
            now: Duration::ZERO,
            next_second: Duration::ZERO,
            out: Vec::new(),
        }
    }

    /// Whether a route takes this request, body and all. Files do without it.
    pub(super) fn wants_body(&mut self, head: &Head<'_>) -> bool {
        head.target.decoded_path().is_ok_and(|path| {
            let found = find(&self.routes, head.method, &path);
            matches!(found, Found::Answer(_))
        })
    }

    /// Answers the most usual request: for all of a file that is at hand. `false`: it isn't one.
    ///
    /// Routes needn't be asked. A file is at hand because none of them took its path.
    #[inline]
    pub(super) fn send_at_hand(
        &mut self,
        io: &mut Io,
        id: ConnId,
        head: &Head<'_>,
        how: Delivery,
    ) -> bool {
        let usual = matches!(head.method, Method::Get) && how == Delivery::default();
        if !usual || !is_plain(head.fields) {
            return false;
        }
        let path = head.target.plain_path();
        let Some(page) = path.and_then(|path| self.files.at_hand(path, &self.date)) else {
            return false;
        };
        let file = page.write_whole(&mut self.out, &self.date);
        self.send_written(io, id, Status::OK, file);
        true
    }

    // ANCHOR: send
    /// Writes an answer and sends it.
    #[inline]
    pub(super) fn send(&mut self, io: &mut Io, id: ConnId, response: &Response, how: Delivery) {
        let file = response.write(&mut self.out, &self.date, how);
        self.send_written(io, id, response.status(), file);
    }

    /// Sends what has been written, followed by `file`.
    #[inline]
    fn send_written(&mut self, io: &mut Io, id: ConnId, status: Status, file: Option<FileRange>) {
        trace::response(io, id, status, &self.out, file.as_ref());
        io.send(id, &self.out);
        self.out.clear();
        if self.out.capacity() > KEPT {
            self.out = Vec::new(); // it was a long one
        }
        if let Some((file, range)) = file {
            io.send_file(id, file, range);
        }
    }
    // ANCHOR_END: send

    /// The reply to a complete request.
    pub(super) fn reply(
        &mut self,
        io: &mut Io,
        id: ConnId,
        head: &Head<'_>,
        body: &[u8],
        occasion: Occasion,
    ) -> Reply {
        match head.target.form() {
            Form::Origin | Form::Absolute => {}
            Form::Asterisk => return Response::options(&self.allow_anywhere()).into(),
            Form::Authority => return not_implemented().into(),
        }
        let path = match head.target.decoded_path() {
            Ok(path) => path,
            Err(error) => return Response::error(error.status(), error.text()).into(),
        };
        match (find(&self.routes, head.method, &path), head.method) {
            (Found::Answer(answer), _) => {
                if occasion == Occasion::Request {
                    io.clear_timer(id, OWN); // an answer is not waited for
                }
                let mut call = Call {
                    io,
                    id,
                    head: *head,
                    body,
                    occasion,
                };
                answer(&mut self.state, &mut call)
            }
            // RFC 9110 §9.1: a method that nothing here takes is 501, not 405.
            (_, Method::Other(_) | Method::Trace) => not_implemented().into(),
            (Found::OtherMethods, Method::Options) => {
                Response::options(&self.allow_here(&path)).into()
            }
            (Found::OtherMethods, _) => Response::error(
                Status::METHOD_NOT_ALLOWED,
                "This takes other methods; the field Allow names them.",
            )
            .field("Allow", self.allow_here(&path))
            .into(),
            (Found::Nothing, _) => self.files.answer(head, &path, &self.date).into(),
        }
    }

    /// What the routes of this path take.
    fn allow_here(&self, path: &[u8]) -> String {
        allow(|method| matches!(find(&self.routes, method, path), Found::Answer(_)))
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

fn not_implemented() -> Response {
    Response::error(
        Status::NOT_IMPLEMENTED,
        "Nothing on this server takes this method.",
    )
}
