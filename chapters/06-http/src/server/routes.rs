//! Routes: which code answers which request.

use std::fmt::Write;
use std::time::Duration;

use reactor::{ConnId, Io};

use super::patience::ROUTE;
use crate::{Head, Method, Response};

/// What a route answers with: from the state that all connections share and a request to a reply.
///
/// It must not block: while it runs, no other client is served.
pub type Answer<S> = fn(&mut S, &mut Call<'_>) -> Reply;

/// A request that a route is asked to answer.
#[derive(Debug)]
pub struct Call<'a> {
    /// The sockets: for the connection's timer, or to wake another connection.
    pub io: &'a mut Io,
    /// The connection of the request.
    pub id: ConnId,
    /// Its head.
    pub head: Head<'a>,
    /// Its body, all of it.
    pub body: &'a [u8],
    /// Why the route is asked now.
    pub occasion: Occasion,
}

impl Call<'_> {
    /// Asks the route again once `delay` has passed, with [`Occasion::Timer`]: for an answer that
    /// comes later.
    pub fn set_timer(&mut self, delay: Duration) {
        self.io.set_timer(self.id, ROUTE, delay);
    }
}

/// Why a route is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The request has arrived.
    Request,
    /// The timer that the route has set for the connection ([`Call::set_timer`]) has run out.
    Timer,
    /// [`Io::resume`] was called for the connection: there may be an answer now, or not.
    Resumed,
}

/// What a route says.
#[derive(Debug)]
#[must_use]
pub enum Reply {
    /// This is the answer.
    Now(Response),
    /// The answer comes later: ask again on another [`Occasion`]. Until then the connection is
    /// [paused](Io::pause): nothing else of it is looked at.
    Later,
    /// The connection changes its protocol. The handler takes it over
    /// ([`Outcome::Upgrade`](crate::Outcome::Upgrade)), and sends the 101 too.
    Upgrade,
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self::Now(response)
    }
}

/// One line of the route table.
#[derive(Debug)]
pub struct Route<S> {
    method: Option<Method<'static>>,
    path: Option<&'static str>,
    answer: Answer<S>,
}

impl<S> Route<S> {
    /// Requests with `method` for `path`, which is decoded. A route for GET takes HEAD too.
    pub const fn new(method: Method<'static>, path: &'static str, answer: Answer<S>) -> Self {
        Self {
            method: Some(method),
            path: Some(path),
            answer,
        }
    }

    /// Requests with any method for `path`.
    pub const fn any(path: &'static str, answer: Answer<S>) -> Self {
        Self {
            method: None,
            path: Some(path),
            answer,
        }
    }

    /// All requests.
    pub const fn all(answer: Answer<S>) -> Self {
        Self {
            method: None,
            path: None,
            answer,
        }
    }

    fn has(&self, path: &[u8]) -> bool {
        self.path.is_none_or(|known| known.as_bytes() == path)
    }

    /// Whether its path aside, this route takes `method`.
    pub(super) fn takes(&self, method: Method<'_>) -> bool {
        match (self.method, method) {
            (None, _) | (Some(Method::Get), Method::Head) => true,
            (Some(known), method) => known == method,
        }
    }
}

/// What a table says of a method and a path.
pub(super) enum Found<S> {
    Answer(Answer<S>),
    /// The path has routes, but none for this method.
    OtherMethods,
    Nothing,
}

/// The first of `routes` that takes `method` and `path`.
#[inline]
pub(super) fn find<S>(routes: &[Route<S>], method: Method<'_>, path: &[u8]) -> Found<S> {
    let mut found = Found::Nothing;
    for route in routes.iter().filter(|route| route.has(path)) {
        if route.takes(method) {
            return Found::Answer(route.answer);
        }
        found = Found::OtherMethods;
    }
    found
}

/// The value of `Allow` where these methods are taken (RFC 9110 §10.2.1). OPTIONS always is.
pub(super) fn allow(takes: impl Fn(Method<'static>) -> bool) -> String {
    let mut allow = String::new();
    for method in Method::COMMON {
        if method == Method::Options || takes(method) {
            let comma = if allow.is_empty() { "" } else { ", " };
            let _ = write!(allow, "{comma}{method}"); // a `String` takes all
        }
    }
    allow
}
