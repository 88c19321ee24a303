//! Requests that depend on what the client has already: `If-None-Match` and its kin.

use crate::date::{Seconds, parse};
use crate::page::Page;
use crate::range::{self, Wanted};

/// The fields of a request that make it conditional, and `Range`.
///
/// ```
/// use ch06_http::Conditions;
///
/// let fields = [(&b"Host"[..], &b"localhost"[..]), (b"Range", b"bytes=0-9")];
/// assert!(!Conditions::of(fields).is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Conditions<'a> {
    any: bool,
    if_match: Vec<&'a [u8]>,
    if_none_match: Vec<&'a [u8]>,
    if_modified_since: Option<&'a [u8]>,
    if_unmodified_since: Option<&'a [u8]>,
    if_range: Option<&'a [u8]>,
    range: Option<&'a [u8]>,
}

/// What the conditions make of a GET or HEAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// This much of the content is the answer.
    Answer(Wanted),
    /// The client has it: 304.
    Unchanged,
    /// The client wants another version: 412.
    Failed,
}

/// Which method asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Get,
    Head,
}

impl<'a> Conditions<'a> {
    /// Picks them from the fields of a request: pairs of name and value, in one pass.
    pub fn of(fields: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let mut conditions = Self::default();
        for (name, value) in fields {
            // Lengths tell most names apart from these before any byte is compared.
            if matches!(name.len(), 5 | 8 | 13 | 17 | 19) {
                conditions.add(name, value);
            }
        }
        conditions
    }

    /// Whether the request asks for all, and unconditionally.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.any
    }

    fn add(&mut self, name: &[u8], value: &'a [u8]) {
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        let single = if is(b"if-match") {
            self.if_match.push(value);
            None
        } else if is(b"if-none-match") {
            self.if_none_match.push(value);
            None
        } else if is(b"if-modified-since") {
            Some(&mut self.if_modified_since)
        } else if is(b"if-unmodified-since") {
            Some(&mut self.if_unmodified_since)
        } else if is(b"if-range") {
            Some(&mut self.if_range)
        } else if is(b"range") {
            Some(&mut self.range)
        } else {
            return;
        };
        self.any = true;
        if let Some(field) = single {
            // Twice is once too often: an empty value means nothing in any of these.
            *field = Some(if field.is_some() { b"" } else { value });
        }
    }

    /// What comes first is decided by RFC 9110 §13.2.2, whose steps these are.
    pub(crate) fn judge(&self, asked: Asked, page: &Page, now: Seconds) -> Verdict {
        // 1 and 2. They guard changes (“only if nobody else has written since”), but hold for GET.
        if !self.if_match.is_empty() {
            if !self.if_match.iter().any(|list| page.tag.is_in(list)) {
                return Verdict::Failed;
            }
        } else if let Some(since) = self.if_unmodified_since.and_then(parse)
            && page.modified > since
        {
            return Verdict::Failed;
        }
        // 3 and 4. A client that knows a tag is not asked for its date.
        if !self.if_none_match.is_empty() {
            let mut lists = self.if_none_match.iter();
            if lists.any(|list| page.tag.is_in_weakly(list)) {
                return Verdict::Unchanged;
            }
        } else if let Some(since) = self.if_modified_since.and_then(parse)
            && page.modified <= since
        {
            return Verdict::Unchanged;
        }
        // 5. Ranges are for GET alone (§14.2).
        match self.range {
            Some(range) if asked == Asked::Get && self.continues(page, now) => {
                Verdict::Answer(range::wanted(range, page.length))
            }
            _ => Verdict::Answer(Wanted::Whole),
        }
    }

    /// Whether the part that is asked for belongs to what the client has (RFC 9110 §13.1.5).
    ///
    /// Of two versions of the same second, a date can't tell which it means. So it counts only
    /// once that second is over (§8.8.2.2).
    fn continues(&self, page: &Page, now: Seconds) -> bool {
        let Some(value) = self.if_range else {
            return true;
        };
        value == page.tag.text() || parse(value) == Some(page.modified) && page.modified < now
    }
}
