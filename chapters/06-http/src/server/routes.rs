//! Routes: which code answers which request.

use std::convert::Infallible;
use std::fmt::Write;
use std::time::Duration;

use reactor::{ConnId, Io};

use super::patience::ROUTE;
use crate::{Head, Method, Response};

/// What a route answers with: from the state that all connections share and a request to a reply.
/// `U` is what it upgrades connections to; most routes never do.
///
/// It must not block: while it runs, no other client is served.
pub type Answer<S, U = Infallible> = fn(&mut S, &mut Call<'_>) -> Reply<U>;

/// A request that a route is asked to answer.
#[derive(Debug)]
pub struct Call<'a> {
    /// The sockets: for the connection's timer, or to wake another connection.
    pub io: &'a mut Io,
    /// The connection of the request.
    pub id: ConnId,
    /// Its head.
    pub head: Head<'a>,
    /// Its body, all of it; empty if the route takes none ([`Route::taking`]).
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
    /// The timer that the route has set for the connection ([`Call::set_timer`]) has run out. It is no
    /// use to set it for later than the answer is due ([`Patience::answer`](crate::Patience::answer)).
    Timer,
    /// [`Io::resume`] was called for the connection: there may be an answer now, or not.
    Resumed,
}

/// What a route says.
#[derive(Debug)]
#[must_use]
pub enum Reply<U = Infallible> {
    /// This is the answer.
    Now(Response),
    /// The answer is the file of the site that this path names: as for a request for that path which
    /// no route takes, conditions and ranges included. The path is decoded, and begins with a slash.
    /// The method is still that of the request, and a file takes GET and HEAD.
    File(Vec<u8>),
    /// The answer comes later: ask again on another [`Occasion`]. Until then the connection is
    /// [paused](Io::pause): nothing else of it is looked at. If it takes too long
    /// ([`Patience::answer`](crate::Patience::answer)), the client gets 503, and the route isn't asked
    /// for this request again.
    Later,
    /// The connection changes its protocol. The handler takes it over, and gets this value
    /// ([`Outcome::Upgrade`](crate::Outcome::Upgrade)); it sends the 101 too.
    Upgrade(U),
}

impl<U> Reply<U> {
    /// The answer is the file of the site that `path` names ([`Self::File`]).
    pub fn file(path: impl Into<Vec<u8>>) -> Self {
        Self::File(path.into())
    }
}

impl<U> From<Response> for Reply<U> {
    fn from(response: Response) -> Self {
        Self::Now(response)
    }
}

/// One line of the route table.
#[derive(Debug)]
pub struct Route<S, U = Infallible> {
    method: Option<Method<'static>>,
    path: Option<&'static str>,
    answer: Answer<S, U>,
    /// Bytes of a body that are kept for it; `None`: it takes none.
    body: Option<u64>,
}

impl<S, U> Route<S, U> {
    /// Requests with `method` for `path`, which is decoded and [normal](crate::normal). A route for GET takes HEAD too.
    ///
    /// A body is dropped as it arrives, unless the route says that it takes one ([`Self::taking`]).
    pub const fn new(method: Method<'static>, path: &'static str, answer: Answer<S, U>) -> Self {
        Self {
            method: Some(method),
            path: Some(path),
            answer,
            body: None,
        }
    }

    /// Requests with any method for `path`.
    pub const fn any(path: &'static str, answer: Answer<S, U>) -> Self {
        Self {
            method: None,
            path: Some(path),
            answer,
            body: None,
        }
    }

    /// All requests.
    pub const fn all(answer: Answer<S, U>) -> Self {
        Self {
            method: None,
            path: None,
            answer,
            body: None,
        }
    }

    // ANCHOR: taking
    /// The same route, which takes a body of up to `bytes`, or of up to
    /// [`Limits::body`](crate::Limits::body) if that is less. Above: 413.
    ///
    /// The body is memory in the hands of strangers, for as long as they take to send it. So a route
    /// that doesn't ask for one keeps none.
    #[must_use]
    pub const fn taking(self, bytes: u64) -> Self {
        Self {
            body: Some(bytes),
            ..self
        }
    }
    // ANCHOR_END: taking

    /// Whether this route is for `path`. Where that can't be decoded, a route for all requests is.
    fn has(&self, path: Option<&[u8]>) -> bool {
        self.path.is_none_or(|known| Some(known.as_bytes()) == path)
    }

    /// The code that answers.
    pub(super) fn answer(&self) -> Answer<S, U> {
        self.answer
    }

    /// Bytes of a body that it takes, if it takes one.
    pub(super) fn body(&self) -> Option<u64> {
        self.body
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
pub(super) enum Found<'r, S, U> {
    Answer(&'r Route<S, U>),
    /// The path has routes, but none for this method: the methods that they take.
    OtherMethods(String),
    Nothing,
}

/// The first of `routes` that takes `method` and `path`, which is `None` if it can't be decoded.
#[inline]
pub(super) fn find<'r, S, U>(
    routes: &'r [Route<S, U>],
    method: Method<'_>,
    path: Option<&[u8]>,
) -> Found<'r, S, U> {
    let mut here = routes.iter().filter(|route| route.has(path)).peekable();
    if here.peek().is_none() {
        return Found::Nothing;
    }
    match here.clone().find(|route| route.takes(method)) {
        Some(route) => Found::Answer(route),
        None => Found::OtherMethods(allow(|method| {
            here.clone().any(|route| route.takes(method))
        })),
    }
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
