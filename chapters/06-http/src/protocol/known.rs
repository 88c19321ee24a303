//! The fields that decide where a request ends and what becomes of its connection.

use super::codings::Codings;
use super::fields::elements;
use super::host::is_host;
use crate::{Error, Version};

/// How long the body is (RFC 9112 §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Framing {
    /// There is no body.
    #[default]
    None,
    /// This many bytes, which may be 0.
    Length(u64),
    /// Chunks, each with its size before it, until an empty one.
    Chunked,
}

/// What a head says of its connection (RFC 9112 §9.3). `close` wins over `keep-alive`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Connection {
    /// Nothing: with HTTP/1.1 it goes on, with HTTP/1.0 it ends.
    #[default]
    Unsaid,
    /// `keep-alive`: it goes on.
    KeepAlive,
    /// `close`: it ends with this answer.
    Close,
}

/// What the known fields of a head have said so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Known {
    pub framing: Framing,
    codings: Codings,
    pub connection: Connection,
    pub has_host: bool,
    pub expects_continue: bool,
}

impl Known {
    /// Takes a field into account, if it is one of those that matter here.
    #[inline]
    pub fn take(&mut self, name: &[u8], value: &[u8], version: Version) -> Result<(), Error> {
        match name.len() {
            4 if is(name, b"host") => self.host(value),
            6 if is(name, b"expect") => self.expect(value),
            10 if is(name, b"connection") => {
                self.connection(value);
                Ok(())
            }
            14 if is(name, b"content-length") => self.content_length(value),
            17 if is(name, b"transfer-encoding") => self.transfer_encoding(value, version),
            _ => Ok(()),
        }
    }

    /// The rules that need all fields.
    #[inline]
    pub const fn check(&self) -> Result<(), Error> {
        self.codings.check()
    }

    /// RFC 9112 §3.2: exactly one, and a valid one.
    #[inline]
    fn host(&mut self, value: &[u8]) -> Result<(), Error> {
        if self.has_host {
            return Err(Error::SeveralHosts);
        }
        if !is_host(value) {
            return Err(Error::Host);
        }
        self.has_host = true;
        Ok(())
    }

    // ANCHOR: length
    /// RFC 9110 §8.6 lets a recipient take `5, 5` and a repeated `5` for one. We don't: a proxy
    /// before us may have seen one of them only.
    #[inline]
    fn content_length(&mut self, value: &[u8]) -> Result<(), Error> {
        if self.codings != Codings::None {
            return Err(Error::LengthAndCoding);
        }
        if self.framing != Framing::None {
            return Err(Error::SeveralLengths);
        }
        self.framing = Framing::Length(decimal(value)?);
        Ok(())
    }
    // ANCHOR_END: length

    // ANCHOR: coding
    /// RFC 9112 §6.1: a message with both may be an attempt to smuggle a request past a proxy.
    fn transfer_encoding(&mut self, value: &[u8], version: Version) -> Result<(), Error> {
        if version == Version::Http10 {
            return Err(Error::CodingInHttp10);
        }
        if matches!(self.framing, Framing::Length(_)) {
            return Err(Error::LengthAndCoding);
        }
        self.codings = self.codings.and(value)?;
        self.framing = Framing::Chunked;
        Ok(())
    }
    // ANCHOR_END: coding

    #[inline]
    fn connection(&mut self, value: &[u8]) {
        for option in elements(value) {
            if option.eq_ignore_ascii_case(b"close") {
                self.connection = Connection::Close;
            } else if option.eq_ignore_ascii_case(b"keep-alive") {
                self.connection = self.connection.max(Connection::KeepAlive);
            }
        }
    }

    /// RFC 9110 §10.1.1. An empty list expects nothing.
    fn expect(&mut self, value: &[u8]) -> Result<(), Error> {
        for element in elements(value) {
            if !element.eq_ignore_ascii_case(b"100-continue") {
                return Err(Error::Expectation);
            }
            self.expects_continue = true;
        }
        Ok(())
    }
}

/// Whether `name`, a token, is `known` in whatever case; `known` has small letters and hyphens, and
/// as many as `name`. Setting one bit makes small letters of capitals, and nothing else of a token's
/// bytes. Most names differ in their first byte.
#[inline]
fn is(name: &[u8], known: &[u8]) -> bool {
    let same = |(byte, known): (&u8, &u8)| byte | 0x20 == *known;
    name.iter().zip(known).all(same)
}

/// A number in decimal digits, without a sign or anything else.
fn decimal(digits: &[u8]) -> Result<u64, Error> {
    if digits.is_empty() {
        return Err(Error::Length);
    }
    digits.iter().try_fold(0_u64, |value, digit| {
        if !digit.is_ascii_digit() {
            return Err(Error::Length);
        }
        let digit = u64::from(digit - b'0');
        // It is a number, and no body will ever be that long.
        let value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(digit));
        value.ok_or(Error::BodyTooLarge)
    })
}
