//! The line protocol, which `nc` speaks: what members type, and how they are told of events.
//!
//! ```text
//!              LF                   1000 bytes, and no LF
//!   ┌─────────────────┐         ┌───────────────────────────┐
//!   ▼                 │         │                           ▼
//!   Line ─────────────┘ ────────┘                        Skipping
//!   ▲                                  LF                   │
//!   └───────────────────────────────────────────────────────┘
//! ```
//!
//! A line is taken when all of it is there, so that much of one is kept and no more.

use std::io::Write;

use http::{Method, Target};
use reactor::Buffer;

use crate::{Event, Here, MAX_LINE, News, Private, Public, Refusal, Side};

/// Takes lines from what comes, in whatever pieces.
#[derive(Debug, Clone, Default)]
pub struct LineReader {
    state: State,
    begun: Begun,
}

/// What has come before a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Begun {
    /// Nothing, or empty lines.
    #[default]
    Nothing,
    /// One line that couldn't be read.
    Unread,
    /// Lines.
    Lines,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    /// Within a line, or before one.
    #[default]
    Line,
    /// Within the rest of a line that was too long.
    Skipping,
}

/// A line, or why it is none.
pub type Line<'a> = Result<&'a str, Refusal>;

impl LineReader {
    /// The next line of `input`, without its end, consumed; `None` if more bytes are needed.
    pub fn next<'a>(&mut self, input: &'a mut Buffer) -> Option<Line<'a>> {
        if self.state == State::Skipping && !self.skip(input) {
            return None;
        }
        // Behind the longest line may be CR and LF.
        let scanned = &input[..input.len().min(MAX_LINE + 2)];
        match scanned.iter().position(|&byte| byte == b'\n') {
            Some(end) => Some(line(&input.take(end + 1)[..end])),
            None if scanned.len() < MAX_LINE + 2 => None,
            None => {
                self.state = State::Skipping;
                self.skip(input);
                Some(Err(Refusal::TooLong))
            }
        }
    }

    /// Nothing follows `input`: the last line, if it has no end. To be called once [`Self::next`]
    /// has taken the others.
    pub fn rest<'a>(&mut self, input: &'a mut Buffer) -> Option<Line<'a>> {
        let length = input.len();
        match self.state {
            State::Line if length > 0 => Some(line(input.take(length))),
            _ => None,
        }
    }

    /// Whether `line` shows an HTTP client: at first comes its request line, and `Host` after one that
    /// was too long.
    ///
    /// Any web page can have its reader's browser send a request here, with lines of the page's own
    /// choice in it. What that browser may speak to, and the page's author may not, would obey them.
    /// No other line is taken for HTTP: a member may well speak of it.
    pub fn is_http(&mut self, line: &Line<'_>) -> bool {
        let (begun, is_http) = match (self.begun, line) {
            (Begun::Nothing, Ok("")) => (Begun::Nothing, false),
            (Begun::Nothing, Ok(line)) => (Begun::Lines, is_request_line(line)),
            (Begun::Nothing, Err(_)) => (Begun::Unread, false),
            (Begun::Unread, Ok(line)) => (Begun::Lines, is_host_field(line)),
            _ => (Begun::Lines, false),
        };
        self.begun = begun;
        is_http
    }

    /// Drops the rest of a line that was too long; whether its end has come.
    fn skip(&mut self, input: &mut Buffer) -> bool {
        let end = input.iter().position(|&byte| byte == b'\n');
        input.consume(end.map_or(input.len(), |end| end + 1));
        if end.is_some() {
            self.state = State::Line;
        }
        end.is_some()
    }
}

/// Whether `line` is a method in capitals, a target and a version (RFC 9112 §3). Browsers send no method
/// in small letters unasked.
fn is_request_line(line: &str) -> bool {
    let words: Vec<_> = line.split(' ').collect();
    let [method, target, "HTTP/1.1" | "HTTP/1.0"] = words[..] else {
        return false;
    };
    let method = method
        .bytes()
        .all(|byte| byte.is_ascii_uppercase())
        .then_some(method);
    let method = method.and_then(|method| Method::parse(method.as_bytes()).ok());
    method.is_some_and(|method| Target::parse(target.as_bytes(), method).is_ok())
}

fn is_host_field(line: &str) -> bool {
    let name = line.get(..5);
    name.is_some_and(|name| name.eq_ignore_ascii_case("host:"))
}

fn line(bytes: &[u8]) -> Line<'_> {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if bytes.len() > MAX_LINE {
        return Err(Refusal::TooLong);
    }
    str::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)
}

/// Appends the lines that tell of `event`. The first character says of what kind each is.
pub fn write(event: &Event, out: &mut Vec<u8>) {
    // A Vec takes whatever is written to it.
    let _ = match event {
        Event::Welcome(welcome) => {
            let (nick, here) = (&welcome.nick, welcome.here.count);
            let _ = writeln!(
                out,
                "- welcome, {nick}: {here} here. /help says what you can do."
            );
            if welcome.history.is_empty() {
                return;
            }
            let _ = writeln!(out, "- what was said before:");
            for public in &welcome.history {
                write_public(public, out);
            }
            writeln!(out, "- that was before; now:")
        }
        Event::Public(public) => return write_public(public, out),
        Event::Private(Private {
            side,
            from,
            to,
            text,
        }) => match side {
            Side::Receiver => writeln!(out, "[{from} to you] {text}"),
            Side::Sender => writeln!(out, "[you to {to}] {text}"),
        },
        Event::Here(here) => return write_here(here, out),
        Event::Notice(text) => writeln!(out, "- {text}"),
        Event::Refused(refusal) => writeln!(out, "! {refusal}"),
    };
}

fn write_public(public: &Public, out: &mut Vec<u8>) {
    let _ = match &public.news {
        News::Said { nick, text } => writeln!(out, "<{nick}> {text}"),
        News::Action { nick, text } => writeln!(out, "* {nick} {text}"),
        News::Joined { nick } => writeln!(out, "- {nick} joined"),
        News::Left { nick, why } => match why.text() {
            Some(why) => writeln!(out, "- {nick} left ({why})"),
            None => writeln!(out, "- {nick} left"),
        },
        News::Crowd { joined, left: 0 } => writeln!(out, "- {joined} joined"),
        News::Crowd { joined: 0, left } => writeln!(out, "- {left} left"),
        News::Crowd { joined, left } => writeln!(out, "- {joined} joined, {left} left"),
        News::Renamed { from, to } => writeln!(out, "- {from} is now {to}"),
    };
}

fn write_here(here: &Here, out: &mut Vec<u8>) {
    out.extend_from_slice(b"- here: ");
    for (index, nick) in here.nicks.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(out, "{comma}{nick}");
    }
    let _ = match here.count - here.nicks.len() {
        0 => writeln!(out),
        more => writeln!(out, ", and {more} more"),
    };
}
