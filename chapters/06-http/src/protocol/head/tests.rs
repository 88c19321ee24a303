#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "`Head::framing` is for one lifetime, the closure for all"
)]

use super::{Head, HeadParser};
use crate::{Error, Framing, Limits, Method, Status, Version};

/// Reads the head at the front of `text`, and compares: whole, byte by byte, in two pieces cut at
/// every position, and followed by the next request.
fn check<R: PartialEq + std::fmt::Debug>(
    text: &[u8],
    limits: &Limits,
    look: impl Fn(&Head<'_>) -> R,
) -> Result<(R, usize), Error> {
    let read = |ends: &[usize], text: &[u8]| {
        let mut parser = HeadParser::default();
        for &end in ends {
            if let Some((head, used)) = parser.parse(&text[..end], limits)? {
                return Ok(Some((look(&head), used)));
            }
        }
        Ok(None)
    };
    let whole = read(&[text.len()], text);
    let shown = text.escape_ascii();
    let bytes: Vec<_> = (0..=text.len()).collect();
    assert_eq!(read(&bytes, text), whole, "byte by byte: {shown}");
    for cut in 0..text.len() {
        assert_eq!(
            read(&[cut, text.len()], text),
            whole,
            "cut at {cut}: {shown}"
        );
    }
    let followed = [text, b"GET /next HTTP/1.1\r\nHost: b\r\n\r\n"].concat();
    assert_eq!(
        read(&[followed.len()], &followed),
        whole,
        "followed by another: {shown}"
    );
    whole.map(|head| head.unwrap_or_else(|| panic!("incomplete: {shown}")))
}

/// What is wrong with this head.
fn error(text: impl AsRef<[u8]>) -> Error {
    let text = text.as_ref();
    match check(text, &Limits::default(), |_| ()) {
        Ok(_) => panic!("accepted: {}", text.escape_ascii()),
        Err(error) => error,
    }
}

/// What is wrong with a GET that has these field lines besides its Host.
fn field_error(fields: &str) -> Error {
    error(format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n"))
}

/// What `look` sees in a valid head.
fn see<R: PartialEq + std::fmt::Debug>(text: &str, look: impl Fn(&Head<'_>) -> R) -> R {
    match check(text.as_bytes(), &Limits::default(), look) {
        Ok((seen, used)) => {
            assert_eq!(used, text.len(), "{text:?}");
            seen
        }
        Err(error) => panic!("{error} {text:?}"),
    }
}

fn framing(fields: &str) -> Framing {
    let text = format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n");
    see(&text, |head| head.framing())
}

mod fields;
mod limits;
mod request_line;
mod smuggling;
