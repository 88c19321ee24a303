//! Header fields: names and values that lie in the head as they came.

use memchr::memchr;

use super::token::trim;
use crate::fast::Seen;

/// The fields of a head. They stay where they came: going through them costs a search for each
/// line's end, and no memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields<'a> {
    /// Whole lines, each with a colon after its name and CR LF at its end.
    lines: &'a [u8],
    seen: Seen,
}

impl<'a> Fields<'a> {
    pub(super) const fn new(lines: &'a [u8], seen: Seen) -> Self {
        Self { lines, seen }
    }

    /// The value of the first field with this name, in whatever case, without white space around
    /// it.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a [u8]> {
        if !self.seen.may_have(name.as_bytes()) {
            return None;
        }
        self.get_all(name).next()
    }

    /// The values of all fields with this name, in their order.
    pub fn get_all(self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let name = name.as_bytes();
        let fields = if self.seen.may_have(name) {
            self.iter()
        } else {
            Iter { lines: &[] }
        };
        fields.filter_map(move |(field, value)| field.eq_ignore_ascii_case(name).then_some(value))
    }

    /// Whether a field may have this name. `false` is certain, and next to free.
    #[inline]
    pub(crate) fn may_have(self, name: &str) -> bool {
        self.seen.may_have(name.as_bytes())
    }

    /// The elements of a list: of all fields with this name, whose values are parted by commas
    /// (RFC 9110 §5.6.1). Not for lists that may hold quoted commas, as of entity tags.
    pub fn list(self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.get_all(name).flat_map(elements)
    }

    /// Whether `token` is in the list `name`, in whatever case: `Connection: keep-alive, Upgrade`
    /// has `upgrade`.
    #[must_use]
    pub fn has_token(self, name: &str, token: &str) -> bool {
        self.list(name)
            .any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
    }

    /// All names and values, in their order.
    #[must_use]
    pub const fn iter(self) -> Iter<'a> {
        Iter { lines: self.lines }
    }
}

impl<'a> IntoIterator for Fields<'a> {
    type Item = (&'a [u8], &'a [u8]);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// What [`Fields::iter`] goes through: names as they came, and values without white space around
/// them.
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    lines: &'a [u8],
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a [u8], &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let colon = memchr(b':', self.lines)?;
        let (name, rest) = (&self.lines[..colon], &self.lines[colon + 1..]);
        let end = memchr(b'\r', rest)?;
        self.lines = rest.get(end + 2..)?;
        Some((name, trim(&rest[..end])))
    }
}

/// The elements of a list's value, without the empty ones (RFC 9110 §5.6.1.2).
pub(super) fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let elements = value.split(|&byte| byte == b',').map(trim);
    elements.filter(|element| !element.is_empty())
}
