//! The head of a request: the request line and the header fields, up to the empty line.
//!
//! ```text
//!                 ┌────┐ an empty line, at most four
//!                 ▼    │
//!             ┌─────────────┐  its line  ┌────────┐  the empty line
//!   start ───►│ RequestLine ├───────────►│ Fields ├──────────────────► Head
//!             └─────────────┘            └─┬────▲─┘
//!                                          └────┘ a field
//! ```
//!
//! A control character is refused as it arrives, and so is a byte beyond a limit; what else is wrong with
//! a line, once all of it is there. There is no waiting for the end of a head that is lost already. What
//! is remembered between two pieces are places in the input, so a connection that waits for the rest of
//! a head holds that head and 120 bytes more.

use super::known::{Connection, Known};
use super::line::LineReader;
use super::method::MAX_METHOD;
use super::request_line::RequestLine;
use super::token::{token_len, trim};
use crate::fast::Seen;
use crate::{Error, Fields, Framing, Limits, Method, Target, Version};

/// Empty lines before the request line that are overlooked. RFC 9112 §2.2 asks for one at least:
/// some clients send one after a body.
const EMPTY_LINES: usize = 4;

/// The head of a request, as it lies in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// What is to be done.
    pub method: Method<'a>,
    /// To what.
    pub target: Target<'a>,
    /// Which HTTP the client speaks.
    pub version: Version,
    /// All that the client says besides.
    pub fields: Fields<'a>,
    known: Known,
    text: &'a [u8],
}

impl<'a> Head<'a> {
    /// How long the body is that follows.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        self.known.framing
    }

    /// Whether bytes of a body follow.
    #[must_use]
    pub const fn has_body(&self) -> bool {
        !matches!(self.known.framing, Framing::None | Framing::Length(0))
    }

    /// Whether another request may follow on this connection (RFC 9112 §9.3).
    #[must_use]
    pub fn keep_alive(&self) -> bool {
        match self.known.connection {
            Connection::Close => false,
            Connection::KeepAlive => true,
            Connection::Unsaid => self.version == Version::Http11,
        }
    }

    /// Whether the client waits for `100 Continue` before it sends the body. HTTP/1.0 doesn't know
    /// that answer (RFC 9110 §10.1.1), and without a body there is nothing to wait for.
    #[must_use]
    pub fn expects_continue(&self) -> bool {
        self.known.expects_continue && self.version == Version::Http11 && self.has_body()
    }

    /// The host that is asked: from the target if it says one, else from the Host field, which
    /// doesn't count then, whatever it says (RFC 9112 §3.2.2). HTTP/1.0 may do without.
    #[must_use]
    pub fn host(&self) -> Option<&'a [u8]> {
        self.target.authority().or_else(|| self.fields.get("host"))
    }

    /// All of it, as it came, with the empty line at its end.
    #[must_use]
    pub const fn text(&self) -> &'a [u8] {
        self.text
    }

    /// The rules that need all of the head.
    #[inline]
    fn check(&self) -> Result<(), Error> {
        self.known.check()?;
        if !self.known.has_host && self.version == Version::Http11 {
            return Err(Error::NoHost);
        }
        match (self.method, self.known.framing) {
            // RFC 9110 §9.3.6, §9.3.8
            (Method::Connect | Method::Trace, Framing::Length(1..) | Framing::Chunked) => {
                return Err(Error::BodyNotAllowed);
            }
            // RFC 1945 §8.3, §D.1.1: a body has to be announced by its length, and one that isn't
            // would be read as the next request.
            (Method::Post | Method::Put, Framing::None) if self.version == Version::Http10 => {
                return Err(Error::LengthRequired);
            }
            _ => {}
        }
        Ok(())
    }
}

// ANCHOR: types
/// Reads a head from an input that grows at its end.
#[derive(Debug, Clone, Default)]
pub struct HeadParser {
    lines: LineReader,
    state: State,
    /// Field lines so far.
    count: usize,
    seen: Seen,
    known: Known,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    RequestLine,
    Fields(RequestLine),
}
// ANCHOR_END: types

impl HeadParser {
    /// Reads the head at the front of `input`: it, and how many bytes it takes, or `None` if more
    /// bytes are needed.
    ///
    /// Between two calls `input` keeps what it had and may gain bytes at its end. Then the parser
    /// is ready for the next head.
    ///
    /// # Errors
    /// What is wrong with it. Which error it is doesn't depend on how many bytes have come.
    // ANCHOR: parse
    pub fn parse<'a>(
        &mut self,
        input: &'a [u8],
        limits: &Limits,
    ) -> Result<Option<(Head<'a>, usize)>, Error> {
        let line = match self.state {
            State::Fields(line) => line,
            State::RequestLine => match self.request_line(input, limits)? {
                Some(line) => line,
                None => return Ok(None),
            },
        };
        loop {
            let start = self.lines.position();
            let (limit, too_long) = field_limit(start, limits);
            let Some(field) = self.lines.next(input, limit, too_long)? else {
                self.state = State::Fields(line);
                return Ok(None);
            };
            if field.is_empty() {
                let used = self.lines.position();
                let fields = Fields::new(&input[line.end()..start], self.seen);
                let head = Head {
                    method: line.method(input),
                    target: line.target(input),
                    version: line.version,
                    fields,
                    known: self.known,
                    text: &input[line.start()..used],
                };
                head.check()?;
                *self = Self::default();
                return Ok(Some((head, used)));
            }
            self.field(field, line.version, limits)?;
        }
    }
    // ANCHOR_END: parse

    /// The request line after empty ones.
    #[inline]
    fn request_line(
        &mut self,
        input: &[u8],
        limits: &Limits,
    ) -> Result<Option<RequestLine>, Error> {
        loop {
            let start = self.lines.position();
            let limit = limits.request_line;
            let line = self.lines.next(input, limit, Error::TargetTooLong);
            match line.map_err(|error| line_error(error, &input[start..], limit))? {
                None => return Ok(None),
                Some([]) if start < EMPTY_LINES * 2 => {}
                Some([]) => return Err(Error::EmptyLines),
                Some(line) => return RequestLine::parse(line, start).map(Some),
            }
        }
    }

    #[inline]
    fn field(&mut self, line: &[u8], version: Version, limits: &Limits) -> Result<(), Error> {
        self.count += 1;
        if self.count > limits.fields {
            return Err(Error::TooManyFields);
        }
        let (name, value) = split_field(line)?;
        self.seen.add(name);
        self.known.take(name, value, version)
    }
}

/// What is wrong with the request line at the front of `input`: if it is longer than `limit`, that may
/// be the method's doing.
#[cold]
fn line_error(error: Error, input: &[u8], limit: usize) -> Error {
    match error {
        Error::TargetTooLong if token_len(input) > MAX_METHOD.min(limit) => Error::MethodTooLong,
        _ => error,
    }
}

/// How long the field line at `start` may be, and what is wrong if it is longer.
#[inline]
fn field_limit(start: usize, limits: &Limits) -> (usize, Error) {
    let rest = limits.head.saturating_sub(start);
    if limits.field_line <= rest {
        (limits.field_line, Error::FieldTooLong)
    } else {
        (rest, Error::HeadTooLong)
    }
}

/// A field line's name and value.
#[inline]
pub(super) fn split_field(line: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let (name, rest) = line.split_at(token_len(line));
    match rest {
        [b':', value @ ..] if !name.is_empty() => Ok((name, trim(value))),
        _ => Err(field_error(line)),
    }
}

/// What is wrong with a field line that doesn't begin with a token and a colon (RFC 9112 §5.1,
/// §5.2).
#[cold]
fn field_error(line: &[u8]) -> Error {
    let colon = line.iter().position(|&byte| byte == b':');
    match (line, colon) {
        ([b' ' | b'\t', ..], _) => Error::Folded,
        (_, None) => Error::NoColon,
        (_, Some(colon)) if line[..colon].ends_with(b" ") || line[..colon].ends_with(b"\t") => {
            Error::SpaceBeforeColon
        }
        _ => Error::FieldName,
    }
}

#[cfg(test)]
mod tests;
