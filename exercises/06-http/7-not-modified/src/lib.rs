//! # 06-7 Not modified
//!
//! A browser keeps what it has got. When it needs it again, it asks on a condition: send it, unless it is still
//! the version that I have. If it is, the answer is 304, a head without a body. To name versions, a server
//! sends two things with each page: `ETag`, a name that it gives to each version, and `Last-Modified`, a date.
//!
//! Write [`answer`]. Four fields make conditions, and RFC 9110 §13.2.2 says in which order they are looked at;
//! the first that decides, decides:
//!
//! | | the field | fails if | then |
//! | --- | --- | --- | --- |
//! | 1 | `If-Match` | the page's tag is not in its list, compared strongly | 412 |
//! | 2 | `If-Unmodified-Since` | the page has changed since that date | 412 |
//! | 3 | `If-None-Match` | the page's tag is in its list, compared weakly | 304; for PUT 412 |
//! | 4 | `If-Modified-Since` | the page has not changed since that date | 304 |
//!
//! Where none fails, it is 200. 1 and 2 are for those who want to change a page unless somebody else has; 3 and
//! 4 for those who want to read it only if somebody has.
//!
//! - A tag is better than a date. So where 1 is there, 2 is not asked, and where 3 is there, 4 is not.
//! - 4 is for GET and HEAD alone. The others are for all methods.
//! - A tag is some text in quotes, `"v2"`, and the quotes belong to it. There may be commas in it, and no
//!   quotes. With `W/` before it, it is weak: the versions that have it mean the same, and may differ in some
//!   bytes.
//! - Compared weakly, tags are equal if what is in quotes is: `W/"v2"` and `"v2"` are. Compared strongly, both
//!   have to be strong, besides (§8.8.3.2).
//! - A list is one tag or more, with commas and blanks between; or it is `*`, which any version is in.
//! - A date says whole seconds: `Sat, 21 Nov 2026 12:00:00 GMT`. [`httpdate::parse_http_date`] reads it. What
//!   can't be read is no condition: it is as if the field weren't there. What is as old as the date, or older,
//!   hasn't changed since.
//!
//! The server has sent `Last-Modified` in whole seconds, too, and a file's date has fractions of a second.
//!
//! Read: RFC 9110 §13.1, §13.2.2, §8.8.3.

use std::time::SystemTime;

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
    let Conditions {
        if_match,
        if_unmodified_since,
        if_none_match,
        if_modified_since,
    } = *conditions;
    let lists = [if_match, if_none_match];
    let dates = [if_unmodified_since, if_modified_since];
    if lists == [None; 2] && dates == [None; 2] {
        return Status::Ok; // most requests end here
    }
    let _ = page; // yours to use
    todo!("{method:?}, on a condition")
}
