//! # 06-3 Where the next request begins
//!
//! One HTTP connection carries many requests, one right behind the other. A head ends with an empty line. A
//! body has no mark at its end: the head says in `Content-Length` how many bytes it has, and the next request
//! begins with the byte behind them. Whoever gets that number wrong takes a part of a body for a request, or
//! a request for a part of a body.
//!
//! That is worse than it sounds, as there often is a proxy before the server. If the two read the number in
//! different ways, then one client's body is another client's request: this is *request smuggling*. So a
//! server doesn't guess. What can be read in two ways is refused.
//!
//! [`Requests`] works as long as each request comes alone and means well. It has five mistakes; most of them
//! are the documents' own (bugs B03, B07, B08 and B50 in the book). Find and mend them:
//!
//! - A body has as many bytes as its head says, no more and no fewer, in however many pieces they come. A
//!   request without `Content-Length` has none.
//! - What lies behind is kept: it is the next request, or the beginning of it.
//! - Two `Content-Length` fields are refused ([`Refused::Length`]), even if they agree: it is an odd client
//!   that sends both.
//! - The value is made of digits and of nothing else (RFC 9110 §8.6), or it is refused ([`Refused::Length`]):
//!   no sign, no list, no unit, and not empty. Blanks around it don't belong to it. `005` is 5.
//! - A body of more than [`MAX_BODY`] bytes is refused ([`Refused::TooLarge`]) as soon as its head has come.
//!   So is one whose length is a number that no type of Rust can hold.
//!
//! Two more rules are kept already: names of fields are the same in small and capital letters, and what is
//! no field, or has a `Transfer-Encoding` (which this reader doesn't know), is refused.

/// The longest body that is taken, in bytes.
pub const MAX_BODY: usize = 1 << 20;

/// A request.
#[derive(Debug)]
pub struct Request {
    /// Its first line: `POST /a HTTP/1.1`.
    pub line: String,
    /// What follows its head.
    pub body: Vec<u8>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The length of its body is no number, or is there twice: 400.
    Length,
    /// Its body is longer than [`MAX_BODY`]: 413.
    TooLarge,
    /// Its body has another kind of end: 501.
    Coding,
    /// A line of its head is no field: 400.
    Field,
}

/// Reads the requests of a connection.
#[derive(Debug, Default)]
pub struct Requests {
    input: Vec<u8>,
}

impl Requests {
    /// Takes what a read has brought.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
    }

    /// The next request, or `None` if it hasn't come as a whole.
    ///
    /// # Errors
    ///
    /// If it is refused. The connection is closed then: nobody knows where another request would begin.
    pub fn request(&mut self) -> Result<Option<Request>, Refused> {
        let Some(end) = end_of_head(&self.input) else {
            return Ok(None);
        };
        let head = String::from_utf8_lossy(&self.input[..end]).into_owned();
        let mut lines = head.trim_end_matches("\r\n").split("\r\n");
        let line = lines.next().unwrap_or_default().to_owned();
        let length = body_length(lines)?;
        let rest = &self.input[end..];
        if rest.len() < length {
            return Ok(None);
        }
        let body = rest.to_vec();
        self.input.clear();
        Ok(Some(Request { line, body }))
    }
}

/// Where the head at the front of `input` ends: behind its empty line.
fn end_of_head(input: &[u8]) -> Option<usize> {
    let empty_line = input.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some(empty_line + 4)
}

/// How many bytes follow a head with these fields.
fn body_length<'a>(fields: impl Iterator<Item = &'a str>) -> Result<usize, Refused> {
    let mut length = 0;
    for field in fields {
        let (name, value) = field.split_once(':').ok_or(Refused::Field)?;
        if name.is_empty() || name.contains([' ', '\t']) {
            return Err(Refused::Field);
        }
        if name.eq_ignore_ascii_case("Transfer-Encoding") {
            return Err(Refused::Coding);
        }
        if name.eq_ignore_ascii_case("Content-Length") {
            length = number(value.trim_matches([' ', '\t']));
        }
    }
    Ok(length)
}

/// The number that `value` begins with, as C's atol(3) has it.
fn number(value: &str) -> usize {
    let digits = value.bytes().take_while(u8::is_ascii_digit);
    digits.fold(0, |number: usize, digit| {
        number
            .wrapping_mul(10)
            .wrapping_add(usize::from(digit - b'0'))
    })
}
