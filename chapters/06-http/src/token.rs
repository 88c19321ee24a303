//! Sets of bytes that the grammar is made of, as tables: one look-up a byte.

/// A set of bytes.
pub(crate) struct Set([bool; 256]);

impl Set {
    /// Letters, digits and `others`.
    pub const fn alphanumeric_and(others: &[u8]) -> Self {
        Self([false; 256])
            .and(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
            .and(others)
    }

    /// This set and `others`.
    pub const fn and(mut self, others: &[u8]) -> Self {
        let mut at = 0;
        while at < others.len() {
            self.0[others[at] as usize] = true;
            at += 1;
        }
        self
    }

    /// Whether `byte` is in the set.
    pub const fn has(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// Whether all of `text` is in the set.
    pub fn has_all(&self, text: &[u8]) -> bool {
        text.iter().all(|&byte| self.has(byte))
    }
}

/// The bytes of a token (RFC 9110 §5.6.2).
static TOKEN: Set = Set::alphanumeric_and(b"!#$%&'*+-.^_`|~");

/// Whether `text` is a token: a method, a field's name, a connection option.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && TOKEN.has_all(text)
}

#[cfg(test)]
mod tests {
    use super::is_token;

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
}
