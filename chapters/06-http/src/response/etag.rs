//! Entity tags: names for versions of a file.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A version of a file as `ETag` names it: sixteen hexadecimal digits in quotes
/// (RFC 9110 §8.8.3).
///
/// It is strong: where a byte differs, the tag does. That leaves one gap: a file too large to be
/// held, written twice within a tick of the file system's clock (some milliseconds at most), and
/// equally long both times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag([u8; 18]);

impl Tag {
    /// Names what has this `version`, by a hash: the numbers of inodes are not to be published.
    pub fn of(version: &impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        version.hash(&mut hasher);
        let mut hash = hasher.finish();
        let mut text = [b'"'; 18];
        for digit in &mut text[1..17] {
            *digit = b"0123456789abcdef"[(hash >> 60) as usize];
            hash <<= 4;
        }
        Self(text)
    }

    /// As it stands in the field, with its quotes.
    pub fn text(&self) -> &[u8; 18] {
        &self.0
    }

    /// Whether the list in the value of an `If-None-Match` names this version. `W/"x"` will do:
    /// the comparison is weak (RFC 9110 §13.1.2).
    pub fn is_in_weakly(&self, list: &[u8]) -> bool {
        Listed(list).any(|listed| match listed {
            Entry::Any => true,
            Entry::Weak(tag) | Entry::Strong(tag) => tag == self.0,
        })
    }

    /// Whether the list in the value of an `If-Match` names this version. The comparison is strong
    /// (RFC 9110 §13.1.1).
    pub fn is_in(&self, list: &[u8]) -> bool {
        Listed(list).any(|listed| match listed {
            Entry::Any => true,
            Entry::Weak(_) => false,
            Entry::Strong(tag) => tag == self.0,
        })
    }
}

/// One element of a list of tags; tags are with their quotes.
#[derive(Debug, PartialEq, Eq)]
enum Entry<'a> {
    Weak(&'a [u8]),
    Strong(&'a [u8]),
    /// `*`: whatever version there is.
    Any,
}

/// Walks over a list of tags. A comma inside the quotes is part of the tag, and nothing there is
/// escaped. It ends where the list stops being one.
struct Listed<'a>(&'a [u8]);

impl<'a> Iterator for Listed<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let separator = |byte: &u8| matches!(byte, b',' | b' ' | b'\t');
        let start = self.0.iter().position(|byte| !separator(byte))?;
        let list = &self.0[start..];
        self.0 = b"";
        if list == b"*" {
            return Some(Entry::Any);
        }
        let weak = list.starts_with(b"W/"); // case-sensitive (§8.8.3)
        let tag = if weak { &list[2..] } else { list };
        let inside = tag.strip_prefix(b"\"")?;
        let end = memchr::memchr(b'"', inside)? + 2;
        let (tag, rest) = tag.split_at(end);
        if !rest.first().is_none_or(separator) {
            return None;
        }
        self.0 = rest;
        Some(if weak {
            Entry::Weak(tag)
        } else {
            Entry::Strong(tag)
        })
    }
}

#[cfg(test)]
mod tests;
