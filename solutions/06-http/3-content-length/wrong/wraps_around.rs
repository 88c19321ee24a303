//! Wrong: looks at each digit, and lets the number overflow.
//! Caught by: a_length_beyond_all_numbers_is_refused
//! Says: Where it wraps around, it is 5

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
        // The bytes behind the body are the next request. They came with the same read only because TCP
        // knows nothing of requests, and no event will tell of them again.
        let body = rest[..length].to_vec();
        self.input.drain(..end + length);
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
    let mut length = None;
    for field in fields {
        let (name, value) = field.split_once(':').ok_or(Refused::Field)?;
        if name.is_empty() || name.contains([' ', '\t']) {
            return Err(Refused::Field);
        }
        if name.eq_ignore_ascii_case("Transfer-Encoding") {
            return Err(Refused::Coding);
        }
        if name.eq_ignore_ascii_case("Content-Length") {
            // RFC 9110 §8.6 would allow to take two that agree for one. Then all others must have seen both.
            if length.is_some() {
                return Err(Refused::Length);
            }
            length = Some(number(value.trim_matches([' ', '\t']))?);
        }
    }
    Ok(length.unwrap_or(0))
}

/// The number that `value` is.
fn number(value: &str) -> Result<usize, Refused> {
    // `parse` alone would take "+5".
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refused::Length);
    }
    // What doesn't fit is a number all the same, and a large one. To wrap around is the worst: 2^64 + 5
    // would be 5 to this server and not to others.
    let add = |number: usize, digit: u8| {
        number
            .wrapping_mul(10)
            .wrapping_add(usize::from(digit - b'0'))
    };
    match Some(value.bytes().fold(0, add)) {
        Some(length) if length <= MAX_BODY => Ok(length),
        _ => Err(Refused::TooLarge),
    }
}
