//! Wrong: looks for the text of the tag in that of the list.
//! Caught by: if_match_compares_strongly
//! Says: If-Match: W/"v2"
//! Says: the bytes may be others

use std::time::{SystemTime, UNIX_EPOCH};

/// What a request wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Send it.
    Get,
    /// Send the head that GET would send.
    Head,
    /// Keep this under that name.
    Put,
}

/// The values of the fields that make conditions, where they are there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Conditions<'a> {
    /// A list of tags.
    pub if_match: Option<&'a str>,
    /// A date.
    pub if_unmodified_since: Option<&'a str>,
    /// A list of tags.
    pub if_none_match: Option<&'a str>,
    /// A date.
    pub if_modified_since: Option<&'a str>,
}

/// A page as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The name of this version: `"v2"`, or `W/"v2"`.
    pub tag: &'a str,
    /// When it was changed last.
    pub modified: SystemTime,
}

/// How a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 200: it is done.
    Ok,
    /// 304: the client has it.
    NotModified,
    /// 412: it is another version than the client thinks.
    PreconditionFailed,
}

/// Answers a request for `page`.
#[must_use]
pub fn answer(method: Method, conditions: &Conditions<'_>, page: &Page<'_>) -> Status {
    let reads = matches!(method, Method::Get | Method::Head);
    match (conditions.if_match, conditions.if_unmodified_since) {
        // Who is going to change something must mean this very version, byte for byte.
        (Some(list), _) if !has(list, page.tag, Comparison::Strong) => {
            return Status::PreconditionFailed;
        }
        (None, Some(date)) if changed_since(date, page) == Some(true) => {
            return Status::PreconditionFailed;
        }
        _ => {}
    }
    match (conditions.if_none_match, conditions.if_modified_since) {
        // A reader is content with what means the same.
        (Some(list), _) if has(list, page.tag, Comparison::Weak) => {
            // PUT with `If-None-Match: *` means: only if there is none yet. 304 would say that all is well.
            if reads {
                Status::NotModified
            } else {
                Status::PreconditionFailed
            }
        }
        (None, Some(date)) if reads && changed_since(date, page) == Some(false) => {
            Status::NotModified
        }
        _ => Status::Ok,
    }
}

/// How two tags are compared (RFC 9110 §8.8.3.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Whether `tag` is in `list`.
fn has(list: &str, tag: &str, comparison: Comparison) -> bool {
    if list.trim() == "*" {
        return true;
    }
    match comparison {
        Comparison::Strong => list.contains(tag),
        Comparison::Weak => list.contains(tag.trim_start_matches("W/")),
    }
}

/// Whether the page has changed since `date`; `None` if that is no date, as this is neither yes nor no.
fn changed_since(date: &str, page: &Page<'_>) -> Option<bool> {
    let date = httpdate::parse_http_date(date).ok()?;
    Some(seconds(page.modified) > seconds(date))
}

/// Whole seconds since 1970, as a date in a field has them. With fractions, a page would be younger than its
/// own Last-Modified, and no date would ever be good enough.
fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
