//! Tokens of sessions: what a browser has is secret, and what is stored is no use without it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blake2::{Blake2s256, Digest};

/// 32 random bytes, which a browser has in a cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

/// The hash of a token: what is stored of it, so that a stolen database logs nobody in. A fast hash
/// will do, as 256 random bits can't be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(pub [u8; 32]);

impl Token {
    /// A new token, from the kernel's generator (`random(4)`).
    ///
    /// # Errors
    /// If `/dev/urandom` can't be read.
    pub fn random() -> io::Result<Self> {
        random().map(Self)
    }

    /// The token that [`Display`](fmt::Display) wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// What is stored of it.
    #[must_use]
    pub fn key(&self) -> Key {
        Key(Blake2s256::digest(self.0).into())
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Bytes from the kernel's generator.
pub(crate) fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn a_token_is_read_as_it_was_written() {
        let token = Token::random().unwrap();
        assert_eq!(Token::parse(&token.to_string()), Some(token.clone()));
        assert_eq!(token.to_string().len(), 43);
        assert_ne!(token, Token::random().unwrap());
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn what_is_no_token_is_none() {
        let token = Token::random().unwrap().to_string();
        for text in [
            "",
            "a",
            &token[1..],
            &format!("{token}a"),
            &token.replace(|_| true, "*"),
        ] {
            assert_eq!(Token::parse(text), None, "{text}");
        }
    }

    #[test]
    fn its_key_is_another_text_and_always_the_same() {
        let token = Token([7; 32]);
        assert_eq!(token.key(), token.key());
        assert_ne!(token.key().0, token.0);
        assert_ne!(token.key(), Token([8; 32]).key());
    }
}
