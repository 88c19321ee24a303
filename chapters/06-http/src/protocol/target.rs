//! Request targets: the second word of a request line, in one of four forms.
//!
//! ```text
//!   origin      /a/b.html?x=1          what servers are asked
//!               └─ path ┘ └┬┘ query
//!   absolute    http://example.org:80/a?x=1    what proxies are asked, and servers too
//!                      └─ authority ┘
//!   authority   example.org:443        CONNECT only
//!   asterisk    *                      OPTIONS only
//! ```

use std::borrow::Cow;
use std::ops::Range;

use super::host::{Port, is_authority};
use super::token::Set;
use crate::{Error, Method};

mod encoding;
mod normal;

pub use encoding::{decode, decode_form, form_pairs};
pub use normal::normal;

/// In which of the four forms a target is (RFC 9112 §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// `/path?query`
    #[default]
    Origin,
    /// `http://authority/path?query`
    Absolute,
    /// `authority`
    Authority,
    /// `*`
    Asterisk,
}

/// A request target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'a> {
    text: &'a [u8],
    parts: Parts,
}

/// Where the parts of a target lie in it: a target without its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Parts {
    form: Form,
    /// Where the path ends: at the query's question mark, or at the end.
    path_end: usize,
    /// Whether there is a percent sign in the path.
    encoded: bool,
}

/// The bytes of a path: RFC 3986 §3.3, and all others that clients leave as they are. Browsers encode most
/// of these, but older ones don't encode `^`, and Node's `http` and curl send what they are given. What
/// ends a word, a path or all of a target isn't among them.
static PATH: Set = PLAIN.and(b"%");

/// The bytes of a path that stand for themselves.
static PLAIN: Set = Set::visible_but(b"%?#");

/// The bytes of a query: RFC 3986 §3.4, and all others, likewise. A fragment isn't sent.
static QUERY: Set = Set::visible_but(b"#");

impl<'a> Target<'a> {
    /// Reads the target of a request with this `method`.
    ///
    /// # Errors
    /// [`Error::Target`] if it is in none of the four forms, or in one that the method doesn't
    /// take (RFC 9112 §3.2).
    pub fn parse(text: &'a [u8], method: Method<'_>) -> Result<Self, Error> {
        let parts = Parts::of(text, method)?;
        Ok(Self { text, parts })
    }

    pub(super) const fn new(text: &'a [u8], parts: Parts) -> Self {
        Self { text, parts }
    }

    /// All of it, as it came.
    #[must_use]
    pub const fn text(self) -> &'a [u8] {
        self.text
    }

    /// Which form it has.
    #[must_use]
    pub const fn form(self) -> Form {
        self.parts.form
    }

    /// The path, still encoded: it begins with a slash. Empty in the authority and asterisk forms.
    #[inline]
    #[must_use]
    pub fn path(self) -> &'a [u8] {
        let path = &self.text[..self.parts.path_end];
        match self.parts.form {
            Form::Origin => path,
            Form::Absolute => match &path[authority_in(path).end..] {
                b"" => b"/", // RFC 9110 §4.2.3
                path => path,
            },
            Form::Authority | Form::Asterisk => b"",
        }
    }

    /// The path, if nothing in it is percent-encoded.
    #[inline]
    pub(crate) fn plain_path(self) -> Option<&'a [u8]> {
        (!self.parts.encoded).then(|| self.path())
    }

    /// The path without its percent-encodings. Most have none, and stay where they are.
    ///
    /// # Errors
    /// As [`decode`].
    #[inline]
    pub fn decoded_path(self) -> Result<Cow<'a, [u8]>, Error> {
        if self.parts.encoded {
            let mut decoded = Vec::new();
            decode(self.path(), &mut decoded)?;
            Ok(decoded.into())
        } else {
            Ok(self.path().into())
        }
    }

    /// What follows the question mark, still encoded; `None` without one.
    #[must_use]
    pub fn query(self) -> Option<&'a [u8]> {
        self.text.get(self.parts.path_end + 1..)
    }

    /// Whether it names a resource of `https`, which only a secured connection may be asked for (RFC
    /// 9110 §7.4).
    #[must_use]
    pub fn is_https(self) -> bool {
        let scheme = self.text.split(|&byte| byte == b':').next();
        self.parts.form == Form::Absolute
            && scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"https"))
    }

    /// The host, and perhaps the port, in the absolute and authority forms.
    #[must_use]
    pub fn authority(self) -> Option<&'a [u8]> {
        match self.parts.form {
            Form::Absolute => Some(&self.text[authority_in(self.text)]),
            Form::Authority => Some(self.text),
            Form::Origin | Form::Asterisk => None,
        }
    }
}

impl Parts {
    #[inline]
    pub fn of(text: &[u8], method: Method<'_>) -> Result<Self, Error> {
        match text {
            _ if method == Method::Connect => Self::authority(text),
            [b'/', ..] => Self::path_and_query(Form::Origin, text, 0),
            b"*" if method == Method::Options => Ok(Self {
                form: Form::Asterisk,
                path_end: 1,
                encoded: false,
            }),
            _ => Self::absolute(text),
        }
    }

    /// `text[path..]` is a path and perhaps a query.
    #[inline]
    fn path_and_query(form: Form, text: &[u8], path: usize) -> Result<Self, Error> {
        let plain_end = path + PLAIN.span(&text[path..]);
        let path_end = plain_end + PATH.span(&text[plain_end..]);
        match &text[path_end..] {
            [] => {}
            [b'?', query @ ..] if QUERY.has_all(query) => {}
            _ => return Err(Error::Target),
        }
        Ok(Self {
            form,
            path_end,
            encoded: path_end > plain_end,
        })
    }

    /// Only CONNECT takes this form, and it takes no other (RFC 9110 §9.3.6).
    #[cold]
    fn authority(text: &[u8]) -> Result<Self, Error> {
        if !is_authority(text, Port::Needed) {
            return Err(Error::Target);
        }
        Ok(Self {
            form: Form::Authority,
            path_end: text.len(),
            encoded: false,
        })
    }

    #[cold]
    fn absolute(text: &[u8]) -> Result<Self, Error> {
        let scheme_ends = text.iter().position(|&byte| byte == b':');
        let (scheme, rest) = text.split_at(scheme_ends.ok_or(Error::Target)?);
        let known = [&b"http"[..], b"https"];
        if !known.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
            return Err(Error::Target);
        }
        if !rest.starts_with(b"://") {
            return Err(Error::Target);
        }
        let authority = authority_in(text);
        if !is_authority(&text[authority.clone()], Port::Optional) {
            return Err(Error::Target);
        }
        Self::path_and_query(Form::Absolute, text, authority.end)
    }
}

/// Where the authority lies in a target of the absolute form: after two slashes, up to the path, the
/// query or the end.
#[cold]
fn authority_in(text: &[u8]) -> Range<usize> {
    let slash = text.iter().position(|&byte| byte == b'/');
    let start = slash.map_or(text.len(), |slash| slash + 2);
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| b"/?".contains(byte));
    start..start + length.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests;
