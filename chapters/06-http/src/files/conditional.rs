//! Requests that depend on what the client has already: `If-None-Match` and its kin.

use super::range::{self, Wanted};
use crate::Fields;
use crate::response::{Page, Seconds, parse_date};

/// What the conditions make of a GET or HEAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// This much of the content is the answer.
    Answer(Wanted),
    /// The client has it: 304.
    Unchanged,
    /// The client wants another version: 412.
    Failed,
}

/// Which method asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Get,
    Head,
}

/// The fields that this is about. If-Range is not among them: it says nothing without Range.
const FIELDS: [&str; 5] = [
    "If-None-Match",
    "If-Modified-Since",
    "Range",
    "If-Match",
    "If-Unmodified-Since",
];

/// Whether a request certainly asks for all of a file, and on no condition.
#[inline]
pub(crate) fn is_plain(fields: Fields<'_>) -> bool {
    !FIELDS.iter().any(|name| fields.may_have(name))
}

// ANCHOR: judge
/// What comes first is decided by RFC 9110 §13.2.2, whose steps these are.
pub(super) fn judge(fields: Fields<'_>, asked: Asked, page: &Page, now: Seconds) -> Verdict {
    // 1 and 2. They guard changes (“only if it hasn't been changed since”), but hold for GET.
    let mut lists = fields.get_all("If-Match").peekable();
    if lists.peek().is_some() {
        if !lists.any(|list| page.tag.is_in(list)) {
            return Verdict::Failed;
        }
    } else if let Some(since) = only(fields, "If-Unmodified-Since").and_then(parse_date)
        && page.modified > since
    {
        return Verdict::Failed;
    }
    // 3 and 4. A client that knows a tag is not asked for its date.
    let mut lists = fields.get_all("If-None-Match").peekable();
    if lists.peek().is_some() {
        if lists.any(|list| page.tag.is_in_weakly(list)) {
            return Verdict::Unchanged;
        }
    } else if let Some(since) = only(fields, "If-Modified-Since").and_then(parse_date)
        && page.modified <= since
    {
        return Verdict::Unchanged;
    }
    // 5. Ranges are for GET alone (§14.2).
    match only(fields, "Range") {
        Some(range) if asked == Asked::Get && continues(fields, page, now) => {
            Verdict::Answer(range::wanted(range, page.length))
        }
        _ => Verdict::Answer(Wanted::Whole),
    }
}
// ANCHOR_END: judge

/// Whether the part that is asked for belongs to what the client has (RFC 9110 §13.1.5).
///
/// Of two versions of the same second, a date can't tell which it means. So it counts only once
/// that second is over (§8.8.2.2).
fn continues(fields: Fields<'_>, page: &Page, now: Seconds) -> bool {
    let Some(value) = only(fields, "If-Range") else {
        return true;
    };
    value == page.tag.text() || parse_date(value) == Some(page.modified) && page.modified < now
}

/// The value of a field that may be there once. Twice is once too often: the empty value means
/// nothing in any of these.
fn only<'a>(fields: Fields<'a>, name: &str) -> Option<&'a [u8]> {
    let mut values = fields.get_all(name);
    let value = values.next()?;
    Some(if values.next().is_none() { value } else { b"" })
}
