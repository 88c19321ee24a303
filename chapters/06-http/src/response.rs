//! Answers, and how they are written.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `delivery.rs` | how much of an answer goes out, and whether it is a connection's last |
//! | `status_line.rs`, `date.rs`, `html.rs` | parts of all answers |
//! | `page.rs`, `media.rs` | a file as an answer that is ready to be sent |
//! | `file_version.rs`, `etag.rs` | which version of a file that is |

mod date;
mod delivery;
mod etag;
mod file_version;
mod html;
mod media;
mod page;
mod status_line;

use std::ops::Range;
use std::sync::Arc;

pub use self::date::Date;
pub(crate) use self::date::{Seconds, parse as parse_date};
pub use self::delivery::{Delivery, Extent};
pub(crate) use self::file_version::FileVersion;
pub use self::html::escape;
pub use self::page::FileRange;
pub(crate) use self::page::{Page, SMALL};
use self::status_line::start;
use crate::fast::write_decimal;
use crate::{Connection, Status};

/// An answer: a status, fields, and content.
///
/// ```
/// use std::time::UNIX_EPOCH;
/// use ch06_http::{Date, Delivery, Response, Status};
///
/// let mut out = Vec::new();
/// Response::new(Status::OK)
///     .content("text/plain", "hello\n")
///     .write(&mut out, &Date::new(UNIX_EPOCH), Delivery::default());
/// assert_eq!(
///     String::from_utf8_lossy(&out),
///     "HTTP/1.1 200 OK\r\n\
///      Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
///      Content-Type: text/plain\r\n\
///      Content-Length: 6\r\n\r\n\
///      hello\n"
/// );
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Response {
    status: Status,
    /// Lines of fields, each with its end.
    fields: Vec<u8>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Bytes(Vec<u8>),
    /// All of a file, with the page's own head.
    Page(Arc<Page>),
    /// A part of a file.
    Part(Arc<Page>, Range<u64>),
    /// None, for the client has it.
    Unchanged(Arc<Page>),
}

impl Response {
    /// An answer without content.
    pub fn new(status: Status) -> Self {
        Self {
            status,
            fields: Vec::new(),
            content: Content::Bytes(Vec::new()),
        }
    }

    /// Adds a field. `Date`, `Content-Length` and, where [`Connection`] says something, that too
    /// are added by [`Self::write`].
    ///
    /// A control byte in the value becomes a space: a line end would let the value add
    /// fields of its own (RFC 9110 §5.5).
    pub fn field(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let (name, value) = (name.as_bytes(), value.as_ref());
        self.fields.reserve(name.len() + value.len() + 4);
        for part in [name, b": ", value, b"\r\n"] {
            self.fields.extend_from_slice(part);
        }
        let end = self.fields.len() - 2;
        for byte in &mut self.fields[end - value.len()..end] {
            let control = *byte != b'\t' && byte.is_ascii_control();
            *byte = if control { b' ' } else { *byte };
        }
        self
    }

    /// Sets the content, and its `Content-Type`.
    pub fn content(self, media_type: &str, content: impl Into<Vec<u8>>) -> Self {
        let mut response = self.field("Content-Type", media_type);
        response.content = Content::Bytes(content.into());
        response
    }

    /// A page that says what is wrong: `why` is one sentence, as plain text.
    pub fn error(status: Status, why: &str) -> Self {
        Self::notice(status, &escape(why))
    }

    /// Sends the client to `location` (RFC 9110 §15.4), a reference whose bytes are all visible
    /// ASCII.
    pub fn redirect(status: Status, location: &[u8]) -> Self {
        let shown = escape(&String::from_utf8_lossy(location));
        Self::notice(
            status,
            &format!("It is at <a href=\"{shown}\">{shown}</a>."),
        )
        .field("Location", location)
    }

    /// A small page; `sentence` is HTML.
    fn notice(status: Status, sentence: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{status}</title>\n<h1>{status}</h1>\n<p>{sentence}</p>\n</html>\n"
        );
        Self::new(status).content("text/html; charset=utf-8", page)
    }

    /// The answer to OPTIONS (RFC 9110 §9.3.7): `allow` names the methods.
    pub(crate) fn options(allow: &str) -> Self {
        Self::new(Status::NO_CONTENT).field("Allow", allow)
    }

    /// All of a file.
    #[inline]
    pub(crate) fn page(page: Arc<Page>) -> Self {
        Self {
            content: Content::Page(page),
            ..Self::new(Status::OK)
        }
    }

    /// The bytes `range` of a file.
    pub(crate) fn part(page: Arc<Page>, range: Range<u64>) -> Self {
        let (last, length) = (range.end.saturating_sub(1), page.length);
        let shown = format!("bytes {}-{last}/{length}", range.start);
        Self {
            content: Content::Part(page, range),
            ..Self::new(Status::PARTIAL_CONTENT).field("Content-Range", shown)
        }
    }

    /// The client's version of a file is the one that there is.
    pub(crate) fn unchanged(page: Arc<Page>) -> Self {
        Self {
            content: Content::Unchanged(page),
            ..Self::new(Status::NOT_MODIFIED)
        }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Appends the answer to `out`. Where it ends with bytes from a file, these are returned, and
    /// have to follow.
    #[inline]
    #[must_use = "what is returned belongs to the answer"]
    pub fn write(&self, out: &mut Vec<u8>, now: &Date, how: Delivery) -> Option<FileRange> {
        match &self.content {
            Content::Page(page) if how == Delivery::default() => page.write_whole(out, now),
            _ => self.compose(out, now, how),
        }
    }

    /// Any answer, piece by piece.
    #[inline(never)]
    fn compose(&self, out: &mut Vec<u8>, now: &Date, how: Delivery) -> Option<FileRange> {
        let length = self.length();
        if let Content::Page(page) = &self.content {
            page.write_head(out, now);
        } else {
            start(out, self.status, now);
            match &self.content {
                Content::Part(page, _) => out.extend_from_slice(page.fields()),
                Content::Unchanged(page) => out.extend_from_slice(page.tag_field()),
                Content::Page(_) | Content::Bytes(_) => {}
            }
            out.extend_from_slice(&self.fields);
            if let Some(length) = length {
                out.extend_from_slice(b"Content-Length: ");
                write_decimal(out, length);
                out.extend_from_slice(b"\r\n");
            }
        }
        out.extend_from_slice(match how.connection {
            Connection::Unsaid => b"\r\n",
            Connection::KeepAlive => b"Connection: keep-alive\r\n\r\n",
            Connection::Close => b"Connection: close\r\n\r\n",
        });
        if how.extent == Extent::Head || length.is_none() {
            return None;
        }
        match &self.content {
            Content::Bytes(bytes) => out.extend_from_slice(bytes),
            Content::Page(page) => return page.write(0..page.length, out),
            Content::Part(page, range) => return page.write(range.clone(), out),
            Content::Unchanged(_) => {}
        }
        None
    }

    /// Bytes of content; `None` where there can't be any, and where a length would say that there
    /// is (RFC 9110 §8.6, §15.3.5, §15.4.5).
    fn length(&self) -> Option<u64> {
        match &self.content {
            _ if self.status.has_no_body() => None,
            Content::Unchanged(_) => None,
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Page(page) => Some(page.length),
            Content::Part(_, range) => Some(range.end.saturating_sub(range.start)),
        }
    }
}

#[cfg(test)]
mod tests;
