//! Requests, one after another: what the server feeds with a connection's input.
//!
//! ```text
//!              ┌──────────────────────────────────────────────┐
//!              ▼                                              │
//!   start ──► Head ─────── a head, and no body behind it ─────┤
//!              │ │                                            │
//!              │ └── a head ──► Body ──── its end ────────────┘
//!              │                │ ▲ │
//!              │                └─┘ │ data
//!              │    an error        │ an error
//!              └──────► Broken ◄────┘
//! ```
//!
//! What happens within a head is drawn in `head.rs`, within a body in `chunked.rs`.

use super::body::Body;
use super::head::{Head, HeadParser};
use super::piece::Piece;
use crate::{Error, Limits};

// ANCHOR: event
/// What comes next on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// A request. Unless it [has a body](Head::has_body), it is complete.
    Head(Head<'a>),
    /// A piece of the request's body.
    Data(&'a [u8]),
    /// The end of the request's body: the request is complete.
    End,
}
// ANCHOR_END: event

/// Reads the requests of one connection.
///
/// ```
/// use ch06_http::{Event, Limits, RequestParser};
///
/// let mut input = &b"POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 2\r\n\r\nhiGET / HTTP/1.1\r\n"[..];
/// let mut requests = RequestParser::default();
/// let mut seen = Vec::new();
/// while let Some((event, used)) = requests.next(input, &Limits::default())? {
///     seen.push(match event {
///         Event::Head(head) => head.method.to_string(),
///         Event::Data(data) => String::from_utf8_lossy(data).into_owned(),
///         Event::End => "end".to_string(),
///     });
///     input = &input[used..];
/// }
/// assert_eq!(seen, ["POST", "hi", "end"]);
/// assert_eq!(input, b"GET / HTTP/1.1\r\n"); // until there is more of it
/// # Ok::<(), ch06_http::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct RequestParser {
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Head(HeadParser),
    Body(Body),
    /// There is no telling where the next request would begin.
    Broken(Error),
}

impl Default for State {
    fn default() -> Self {
        Self::Head(HeadParser::default())
    }
}

impl RequestParser {
    /// What comes next in `input`, and how many bytes of `input` are done with: the caller drops
    /// these. `None` if more bytes are needed; then `input` keeps what it had.
    ///
    /// # Errors
    /// What is wrong with the request, and again with each call.
    pub fn next<'a>(
        &mut self,
        input: &'a [u8],
        limits: &Limits,
    ) -> Result<Option<(Event<'a>, usize)>, Error> {
        let result = self.step(input, limits);
        if let Err(error) = result {
            self.state = State::Broken(error);
        }
        result
    }

    #[inline]
    fn step<'a>(
        &mut self,
        input: &'a [u8],
        limits: &Limits,
    ) -> Result<Option<(Event<'a>, usize)>, Error> {
        match &mut self.state {
            State::Head(_) if input.is_empty() => Ok(None), // as after most requests
            State::Head(parser) => {
                let Some((head, used)) = parser.parse(input, limits)? else {
                    return Ok(None);
                };
                if head.has_body() {
                    self.state = State::Body(Body::new(head.framing(), limits)?);
                }
                Ok(Some((Event::Head(head), used)))
            }
            State::Body(body) => {
                let Some((piece, used)) = body.next(input, limits)? else {
                    return Ok(None);
                };
                let event = match piece {
                    Piece::Data(data) => Event::Data(data),
                    Piece::End => {
                        self.state = State::default();
                        Event::End
                    }
                };
                Ok(Some((event, used)))
            }
            State::Broken(error) => Err(*error),
        }
    }

    /// Whether a head has arrived whose body is not complete. Before its head is complete, a request
    /// is all in the input.
    #[must_use]
    pub const fn is_in_body(&self) -> bool {
        matches!(self.state, State::Body(_))
    }
}

/// A request's head with memory of its own: it outlives the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    text: Vec<u8>,
}

impl Request {
    /// The head.
    ///
    /// # Panics
    /// Never: it has been read before.
    #[must_use]
    pub fn head(&self) -> Head<'_> {
        let head = HeadParser::default().parse(&self.text, &Limits::NONE);
        let head = head.ok().flatten().map(|(head, _)| head);
        head.expect("a head that has been read before")
    }
}

impl From<&Head<'_>> for Request {
    fn from(head: &Head<'_>) -> Self {
        Self {
            text: head.text().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests;
