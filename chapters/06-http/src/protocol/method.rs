//! Methods: what a request wants done.

use std::fmt;

use super::token::is_token;
use crate::Error;

/// Longest method that is read, in bytes. RFC 9112 §3 answers a longer one as an unknown one.
pub(super) const MAX_METHOD: usize = 32;

/// What a request wants done (RFC 9110 §9, RFC 5789). Methods are case-sensitive: `get` is
/// not GET.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method<'a> {
    /// Send it.
    Get,
    /// Send the head that GET would send.
    Head,
    /// Take this, and do with it what you are for.
    Post,
    /// Keep this under that name.
    Put,
    /// Remove it.
    Delete,
    /// Say what may be asked.
    Options,
    /// Be a tunnel: only a proxy does that.
    Connect,
    /// Send the request itself back.
    Trace,
    /// Change it like this.
    Patch,
    /// A token that stands for no method known here.
    Other(&'a [u8]),
}

impl<'a> Method<'a> {
    /// Those that a server may be asked to take, in the order in which `Allow` names them.
    pub(crate) const COMMON: [Method<'static>; 7] = [
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Put,
        Method::Patch,
        Method::Delete,
        Method::Options,
    ];

    /// The method that a request line begins with.
    ///
    /// # Errors
    /// [`Error::Method`] unless it is a token (RFC 9110 §9.1); [`Error::MethodTooLong`] above 32
    /// bytes.
    pub fn parse(text: &'a [u8]) -> Result<Self, Error> {
        match Self::of(text) {
            Self::Other(text) if !is_token(text) => Err(Error::Method),
            Self::Other(text) if text.len() > MAX_METHOD => Err(Error::MethodTooLong),
            method => Ok(method),
        }
    }

    /// The method with this name, which is known to be a token.
    #[inline]
    pub(super) fn of(token: &'a [u8]) -> Self {
        if token == b"GET" {
            Self::Get
        } else {
            Self::not_get(token)
        }
    }

    fn not_get(token: &'a [u8]) -> Self {
        match token {
            b"HEAD" => Self::Head,
            b"POST" => Self::Post,
            b"PUT" => Self::Put,
            b"DELETE" => Self::Delete,
            b"OPTIONS" => Self::Options,
            b"CONNECT" => Self::Connect,
            b"TRACE" => Self::Trace,
            b"PATCH" => Self::Patch,
            _ => Self::Other(token),
        }
    }

    /// Its name, as on the wire.
    #[must_use]
    pub const fn name(self) -> &'a [u8] {
        match self {
            Self::Get => b"GET",
            Self::Head => b"HEAD",
            Self::Post => b"POST",
            Self::Put => b"PUT",
            Self::Delete => b"DELETE",
            Self::Options => b"OPTIONS",
            Self::Connect => b"CONNECT",
            Self::Trace => b"TRACE",
            Self::Patch => b"PATCH",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name().escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_METHOD, Method};
    use crate::Error;

    #[test]
    fn every_known_method_is_read_by_its_name() {
        for method in [
            Method::Get,
            Method::Head,
            Method::Post,
            Method::Put,
            Method::Delete,
            Method::Options,
            Method::Connect,
            Method::Trace,
            Method::Patch,
        ] {
            assert_eq!(Method::parse(method.name()), Ok(method));
        }
    }

    #[test]
    fn a_method_in_lower_case_is_another_method() {
        assert_eq!(Method::parse(b"get"), Ok(Method::Other(b"get")));
    }

    #[test]
    fn a_method_is_a_token() {
        for text in [
            &b""[..],
            b"G:ET",
            b"GET,",
            b"G\tET",
            b"G\x00ET",
            b"\xffGET",
            b"(GET)",
        ] {
            assert_eq!(
                Method::parse(text),
                Err(Error::Method),
                "{}",
                text.escape_ascii()
            );
        }
    }

    #[test]
    fn a_method_of_more_than_32_bytes_is_one_that_nobody_knows() {
        let text = [b'A'; MAX_METHOD + 1];
        assert!(Method::parse(&text[1..]).is_ok());
        assert_eq!(Method::parse(&text), Err(Error::MethodTooLong));
    }
}
