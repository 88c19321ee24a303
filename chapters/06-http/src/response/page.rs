//! A version of a file, with the answer that it usually gets ready to be copied.

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::Arc;

use super::date::{self, Date, Seconds};
use super::etag::Tag;
use super::file_version::FileVersion;
use super::media::content_type;
use super::status_line::start;
use crate::Status;

/// Bytes of a file that go out after what has been written: which file, and which of its bytes.
pub type FileRange = (Arc<File>, Range<u64>);

/// Bytes up to which a file is held in memory, and a part of a longer one copied into the answer.
pub(crate) const SMALL: u64 = 16 * 1024;

/// A version of a file.
///
/// ```text
///  ready ┌───────────────────────────────┐
///        │ HTTP/1.1 200 OK               │
///        │ Date: (set when it is copied) │
///        ├───────────────────────────────┤ fields.start
///        │ Content-Type: text/html; …    │  what 206 says, too
///        │ Last-Modified: …              │
///        │ Accept-Ranges: bytes          │
///        │ ETag: "0123456789abcdef"      │  (the last one: what 304 says)
///        ├───────────────────────────────┤ fields.end
///        │ Content-Length: 13            │
///        ├───────────────────────────────┤ head
///        │ (an empty line)               │
///        ├───────────────────────────────┤ head + 2
///        │ the content, if it is small   │
///        └───────────────────────────────┘
/// ```
#[derive(Debug)]
pub(crate) struct Page {
    ready: Box<[u8]>,
    fields: Range<usize>,
    head: usize,
    file: Option<Arc<File>>,
    pub tag: Tag,
    pub modified: Seconds,
    pub length: u64,
}

/// Bytes of the field `ETag` with the end of its line.
const TAG_FIELD: usize = 6 + 18 + 2;

impl Page {
    /// The version that `file`, opened by `name`, is now; `metadata` is what it was a moment ago.
    ///
    /// # Errors
    /// As `read(2)`.
    pub fn read(file: File, metadata: &Metadata, name: &[u8], now: &Date) -> io::Result<Self> {
        let mut held = Vec::new();
        let (file, length) = if metadata.len() <= SMALL {
            // If it has been cut short since, what is there is the content.
            let length = (&file).take(metadata.len()).read_to_end(&mut held)?;
            (None, length as u64)
        } else {
            (Some(Arc::new(file)), metadata.len())
        };
        // Two versions may come in one tick of the file system's clock: what is known of the
        // content tells them apart.
        let tag = Tag::of(&(FileVersion::of(metadata), &held));
        // Never later than `Date` (RFC 9110 §8.8.2.1).
        let modified = u64::try_from(metadata.mtime()).unwrap_or(0);
        let modified = modified.min(now.seconds());

        let mut ready = Vec::with_capacity(320 + held.len());
        start(&mut ready, Status::OK, now);
        let fields = ready.len();
        let (media, charset) = content_type(name);
        line(
            &mut ready,
            &[b"Content-Type: ", media.as_bytes(), charset.as_bytes()],
        );
        line(&mut ready, &[b"Last-Modified: ", &date::text(modified)]);
        line(&mut ready, &[b"Accept-Ranges: bytes"]);
        line(&mut ready, &[b"ETag: ", tag.text()]);
        let fields = fields..ready.len();
        write!(ready, "Content-Length: {length}\r\n")?;
        let end = ready.len();
        ready.extend_from_slice(b"\r\n");
        ready.extend_from_slice(&held);
        Ok(Self {
            ready: ready.into(),
            fields,
            head: end,
            file,
            tag,
            modified,
            length,
        })
    }

    /// Appends the answer to the usual request: head, empty line, and the content if it is held;
    /// else that has to follow.
    #[inline]
    pub fn write_whole(&self, out: &mut Vec<u8>, now: &Date) -> Option<FileRange> {
        write(out, &self.ready, now);
        let file = self.file.as_ref()?;
        Some((Arc::clone(file), 0..self.length))
    }

    /// The open file, if it isn't held in memory.
    pub fn file(&self) -> Option<&Arc<File>> {
        self.file.as_ref()
    }

    /// Appends the head of that answer, without the empty line that ends it.
    #[inline]
    pub fn write_head(&self, out: &mut Vec<u8>, now: &Date) {
        write(out, &self.ready[..self.head], now);
    }

    /// The fields that describe the file.
    pub fn fields(&self) -> &[u8] {
        &self.ready[self.fields.clone()]
    }

    /// The field `ETag`.
    pub fn tag_field(&self) -> &[u8] {
        &self.ready[self.fields.end - TAG_FIELD..self.fields.end]
    }

    /// Appends the bytes `range` of the content to `out`, or tells where they are.
    ///
    /// A short part of a long file is copied: queued, it would hold a descriptor for the sake of a
    /// few bytes. If it can't be read, the reactor finds that out and ends the connection.
    pub fn write(&self, range: Range<u64>, out: &mut Vec<u8>) -> Option<FileRange> {
        if let Some(file) = &self.file {
            let copied = range.end.saturating_sub(range.start) <= SMALL && copy(file, &range, out);
            return (!copied).then(|| (Arc::clone(file), range));
        }
        let index = |at| usize::try_from(at).unwrap_or(usize::MAX);
        let held = &self.ready[self.head + 2..];
        let part = held.get(index(range.start)..index(range.end));
        out.extend_from_slice(part.unwrap_or(b""));
        None
    }
}

/// Appends the bytes `range` of `file`, if they can all be read.
fn copy(file: &File, range: &Range<u64>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let length = range.end.saturating_sub(range.start);
    out.resize(start + usize::try_from(length).unwrap_or(0), 0);
    let copied = file.read_exact_at(&mut out[start..], range.start).is_ok();
    if !copied {
        out.truncate(start);
    }
    copied
}

/// Appends `parts` and the end of a line.
fn line(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
    out.extend_from_slice(b"\r\n");
}

/// Where a ready answer has its date.
const DATE: usize = b"HTTP/1.1 200 OK\r\nDate: ".len();

/// Appends an answer that is ready but for its date.
#[inline]
fn write(out: &mut Vec<u8>, ready: &[u8], now: &Date) {
    let date = out.len() + DATE;
    out.extend_from_slice(ready);
    if let Some(date) = out.get_mut(date..date + now.text().len()) {
        date.copy_from_slice(now.text());
    }
}
