//! # 06-4 Resumed at any byte
//!
//! ```text
//!                  ┌──────────── no body ────────────┐
//!                  ▼                                 │
//!           ┌─────────────┐  a line  ┌────────┐  the empty line
//!  start ──►│ RequestLine ├─────────►│ Fields ├──────┤
//!           └─────────────┘          └─┬────▲─┘      │
//!                  ▲                   └────┘        ▼
//!                  │                   a field   ┌──────┐
//!                  └────── its last byte ────────┤ Body │
//!                                                └──────┘
//! ```
//!
//! A server on epoll can't wait in the middle of a request: when the bytes end, it returns to its loop and
//! serves others. So the parser is a state machine that can be left after any byte, and entered again with the
//! next one. What it has to know then is its *state*; what it keeps nowhere is lost.
//!
//! Document 000 keeps its state in two variables, one for the request and one for the line, and needs a
//! loop with two conditions, and a variable that is set back by hand (claims C067 and C068 in the book). The
//! server of document 002 keeps none: what one `recv` brings is a request (bug B50). Cut in two, a request
//! gets two answers. In Rust, the state is an enum whose variants carry what is known in them.
//!
//! Write [`Parser::feed`]. You get some bytes, and return the events that they complete:
//!
//! - [`Event::Line`] for a request line, [`Event::Field`] for each field, both without their CR LF;
//!   [`Event::Data`] for a body, as many bytes as `Content-Length` says; [`Event::End`] behind all that. Then
//!   the next request begins.
//! - All bytes are used. However they are cut, the events are the same. Only a body may be cut into other
//!   pieces of data.
//! - A body is passed on as it comes, and not collected: it may be longer than your memory.
//! - `End` is told as soon as the last byte of a request has come: its empty line, if it has no body or one
//!   of 0 bytes. A client that has sent its last byte waits for an answer, and sends no more.
//! - A body is bytes: CR LF in it means nothing.
//!
//! `take_line` and `content_length` are finished; use them. What `Parser` and `State` have in them is up to
//! you. A request has one `Content-Length`, or none: 06-3 is about all the others.

use std::mem;

/// Something that a parser has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A request begins with this line.
    Line(String),
    /// It has this field.
    Field(String),
    /// This is a piece of its body, one byte at least.
    Data(Vec<u8>),
    /// It is complete.
    End,
}

/// What comes is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad;

/// Where in a request the parser is.
#[derive(Debug, Default)]
enum State {
    #[default]
    RequestLine,
    // yours to go on
}

/// Reads requests in whatever pieces they come.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    /// The beginning of a line whose end hasn't come.
    line: Vec<u8>,
}

impl Parser {
    /// The events that `bytes` complete, behind all the bytes that were fed before.
    ///
    /// # Errors
    ///
    /// If they are no request. Nothing is fed after that.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<Vec<Event>, Bad> {
        let mut events = Vec::new();
        while !bytes.is_empty() {
            match self.state {
                State::RequestLine => {
                    let Some(line) = self.take_line(&mut bytes)? else {
                        break;
                    };
                    let _ = content_length; // soon
                    events.push(Event::Line(line));
                    todo!("on to the fields, the body, the end")
                }
            }
        }
        Ok(events)
    }

    /// Takes a line off the front of `bytes`, and returns it without its CR LF. If its end isn't there, takes
    /// all of `bytes`, keeps them for the next call, and returns `None`.
    fn take_line(&mut self, bytes: &mut &[u8]) -> Result<Option<String>, Bad> {
        let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
            self.line.extend_from_slice(bytes);
            *bytes = &[];
            return Ok(None);
        };
        self.line.extend_from_slice(&bytes[..end]);
        *bytes = &bytes[end + 1..];
        let mut line = mem::take(&mut self.line);
        match line.pop() {
            Some(b'\r') => Ok(Some(String::from_utf8_lossy(&line).into_owned())),
            _ => Err(Bad),
        }
    }
}

/// The length of the body, if that is what `field` is about.
fn content_length(field: &str) -> Result<Option<usize>, Bad> {
    let (name, value) = field.split_once(':').ok_or(Bad)?;
    if !name.eq_ignore_ascii_case("Content-Length") {
        return Ok(None);
    }
    let length = value.trim().parse().map_err(|_| Bad)?; // 06-3 is stricter
    Ok(Some(length))
}
