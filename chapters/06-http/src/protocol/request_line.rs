//! The request line: a method, a target and a version, with one space each between them.

use super::target::Parts;
use crate::{Error, Method, Target};

/// The version of a request. A higher minor version means 1.1 to us (RFC 9110 §2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    #[default]
    Http11,
}

/// Where the parts of a request line lie in the input.
///
/// ```text
///   G E T   / a ? b   H T T P / 1 . 1 CR LF
///   ▲     ▲         ▲                       ▲
///   start method    target                  end
/// ```
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestLine {
    start: usize,
    method: usize,
    target: usize,
    end: usize,
    parts: Parts,
    pub version: Version,
}

impl RequestLine {
    /// Reads the request line that begins at `start` of the input.
    #[inline]
    pub fn parse(line: &[u8], start: usize) -> Result<Self, Error> {
        let (words, version) = match line.strip_suffix(b" HTTP/1.1") {
            Some(words) => (words, Version::Http11),
            None => other_version(line)?,
        };
        let space = words.iter().position(|&byte| byte == b' ');
        let (name, target) = words.split_at(space.ok_or(Error::RequestLine)?);
        let target = &target[1..];
        if target.is_empty() {
            return Err(Error::RequestLine);
        }
        let method = Method::parse(name)?;
        Ok(Self {
            start,
            method: start + name.len(),
            target: start + words.len(),
            end: start + line.len() + 2,
            parts: Parts::of(target, method)?,
            version,
        })
    }

    /// Where it begins, after the empty lines.
    pub const fn start(&self) -> usize {
        self.start
    }

    /// Where the field lines begin.
    pub const fn end(&self) -> usize {
        self.end
    }

    /// Its method, which lies in `input`.
    #[inline]
    pub fn method<'a>(&self, input: &'a [u8]) -> Method<'a> {
        Method::of(&input[self.start..self.method])
    }

    /// Its target, which lies in `input`.
    #[inline]
    pub fn target<'a>(&self, input: &'a [u8]) -> Target<'a> {
        let text = &input[self.method + 1..self.target];
        Target::new(text, self.parts)
    }
}

/// What comes before the version, and which it is, if not 1.1 (RFC 9112 §2.3: HTTP-name is
/// case-sensitive, and the version has two digits).
#[cold]
fn other_version(line: &[u8]) -> Result<(&[u8], Version), Error> {
    let Some((words, [b' ', b'H', b'T', b'T', b'P', b'/', major, b'.', minor])) =
        line.split_last_chunk()
    else {
        return Err(line_error(line));
    };
    match (major, minor) {
        (b'1', b'0') => Ok((words, Version::Http10)),
        (b'1', b'1'..=b'9') => Ok((words, Version::Http11)),
        (b'0'..=b'9', b'0'..=b'9') => Err(Error::VersionUnsupported),
        _ => Err(Error::Version),
    }
}

/// What is wrong with a line that doesn't end in a version.
#[cold]
fn line_error(line: &[u8]) -> Error {
    if line.split(|&byte| byte == b' ').count() == 3 {
        Error::Version
    } else {
        Error::RequestLine
    }
}
