//! Wrong: keeps the length in the parser, where it outlives its request.
//! Caught by: requests_behind_one_another_are_all_read
//! Says: with a length of its own

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
#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    RequestLine,
    Fields,
    /// One byte is left at least.
    Body {
        left: usize,
    },
}

/// Reads requests in whatever pieces they come.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
    /// The beginning of a line whose end hasn't come.
    line: Vec<u8>,
    length: usize,
}

impl Parser {
    /// The events that `bytes` complete, behind all the bytes that were fed before.
    ///
    /// # Errors
    ///
    /// If they are no request. Nothing is fed after that.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<Vec<Event>, Bad> {
        let mut events = Vec::new();
        // Each state takes bytes, so this ends with them. Both ways to an End are within a step.
        while !bytes.is_empty() {
            self.state = match self.state {
                State::RequestLine => {
                    let Some(line) = self.take_line(&mut bytes)? else {
                        break;
                    };
                    events.push(Event::Line(line));
                    State::Fields
                }
                State::Fields => {
                    let Some(line) = self.take_line(&mut bytes)? else {
                        break;
                    };
                    if !line.is_empty() {
                        self.length = content_length(&line)?.unwrap_or(self.length);
                        events.push(Event::Field(line));
                        State::Fields
                    } else if self.length > 0 {
                        State::Body { left: self.length }
                    } else {
                        events.push(Event::End);
                        State::RequestLine
                    }
                }
                State::Body { left } => {
                    let (data, rest) = bytes.split_at(left.min(bytes.len()));
                    events.push(Event::Data(data.to_vec()));
                    bytes = rest;
                    if data.len() < left {
                        State::Body {
                            left: left - data.len(),
                        }
                    } else {
                        events.push(Event::End);
                        State::RequestLine
                    }
                }
            };
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
