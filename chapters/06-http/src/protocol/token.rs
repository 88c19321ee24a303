//! Sets of bytes that the grammar is made of, as tables: one look-up a byte.

/// A set of bytes.
pub(super) struct Set([bool; 256]);

impl Set {
    /// Letters, digits and `others`.
    pub const fn alphanumeric_and(others: &[u8]) -> Self {
        Self([false; 256])
            .and(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
            .and(others)
    }

    /// All bytes but `these`.
    pub const fn all_but(these: &[u8]) -> Self {
        let mut set = [true; 256];
        let mut at = 0;
        while at < these.len() {
            set[these[at] as usize] = false;
            at += 1;
        }
        Self(set)
    }

    /// All bytes but controls, the space and `these`.
    pub const fn visible_but(these: &[u8]) -> Self {
        let mut set = Self::all_but(these).0;
        let mut byte = 0;
        while byte <= b' ' {
            set[byte as usize] = false;
            byte += 1;
        }
        set[0x7f] = false;
        Self(set)
    }

    /// This set and `others`.
    pub const fn and(&self, others: &[u8]) -> Self {
        let mut set = self.0;
        let mut at = 0;
        while at < others.len() {
            set[others[at] as usize] = true;
            at += 1;
        }
        Self(set)
    }

    /// Whether `byte` is in the set.
    #[inline]
    pub const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// How many bytes at the front of `text` are in the set.
    #[inline]
    pub fn span(&self, text: &[u8]) -> usize {
        let mut length = 0;
        while let Some(&byte) = text.get(length)
            && self.has(byte)
        {
            length += 1;
        }
        length
    }

    /// Whether all of `text` is in the set.
    #[inline]
    pub fn has_all(&self, text: &[u8]) -> bool {
        self.span(text) == text.len()
    }
}

/// The bytes of a token (RFC 9110 §5.6.2).
static TOKEN: Set = Set::alphanumeric_and(b"!#$%&'*+-.^_`|~");

/// Whether `text` is a token: a method, a field's name, a connection option.
pub(super) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && TOKEN.has_all(text)
}

/// How many bytes at the front of `text` can stand in a token.
#[inline]
pub(super) fn token_len(text: &[u8]) -> usize {
    TOKEN.span(text)
}

/// `text` without spaces and tabs before it.
#[inline]
pub(super) fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

/// `text` without spaces and tabs around it (OWS, RFC 9110 §5.6.3).
#[inline]
pub(super) fn trim(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{is_token, trim};

    #[test]
    fn a_token_has_no_separators_and_no_controls() {
        for byte in 0..=u8::MAX {
            let separator = b"\"(),/:;<=>?@[\\]{}".contains(&byte);
            assert_eq!(
                is_token(&[byte]),
                byte.is_ascii_graphic() && !separator,
                "{}",
                byte.escape_ascii()
            );
        }
        assert!(!is_token(b""));
    }

    #[test]
    fn only_spaces_and_tabs_are_trimmed() {
        assert_eq!(trim(b" \t a b\t "), b"a b");
        assert_eq!(trim(b"\x0ba\x0c"), b"\x0ba\x0c");
        assert_eq!(trim(b" \t "), b"");
    }
}
