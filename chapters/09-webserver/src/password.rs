//! Passwords: what is stored of them is a hash that takes time and memory to compute.
//!
//! A stored hash says how it was made, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, so the cost can
//! be raised while old hashes stay good.

use std::fmt;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::UnicodeNormalization;

use crate::token;

/// A password as it was typed. It is never shown, nor written anywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// The new password has fewer characters than [`Password::MIN`], or more bytes than
/// [`Password::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongLength;

impl Password {
    /// The shortest new password, in characters (NIST SP 800-63B §3.1.1.2 asks for 8 at least).
    pub const MIN: usize = 8;

    /// The longest, in bytes. To hash a longer one would take longer.
    pub const MAX: usize = 256;

    /// A password that is to be compared. In NFC, as one keyboard sends an accent with its letter, and
    /// another one after it (RFC 8265 §4.2).
    #[must_use]
    pub fn typed(text: &str) -> Self {
        Self(text.nfc().take(Self::MAX + 1).collect())
    }

    /// A password that is to be stored.
    ///
    /// # Errors
    /// [`WrongLength`].
    pub fn new(text: &str) -> Result<Self, WrongLength> {
        let password = Self::typed(text);
        if password.0.len() > Self::MAX || password.0.chars().count() < Self::MIN {
            return Err(WrongLength);
        }
        Ok(password)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Display for WrongLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (min, max) = (Password::MIN, Password::MAX);
        write!(
            f,
            "A password has at least {min} characters, and at most {max} bytes."
        )
    }
}

impl std::error::Error for WrongLength {}

/// What hashes passwords, with argon2id (RFC 9106). From the first hash on it holds [`Hasher::MEMORY`].
#[derive(Debug)]
pub(crate) struct Hasher {
    params: Params,
    /// Of no password: compared where there is no user, so that both take the same time.
    nobody: String,
    memory: Vec<Block>,
    /// How many hashes have been computed.
    count: u64,
}

impl Hasher {
    /// KiB of memory that a hash takes: 19 MiB (OWASP's least for two passes).
    const MEMORY: u32 = 19 * 1024;

    /// How often it goes through that memory.
    const PASSES: u32 = 2;

    /// Bytes of a hash.
    const LENGTH: usize = 32;

    /// The hasher for new passwords.
    pub fn new() -> Self {
        Self::with(Self::MEMORY, Self::PASSES)
    }

    /// One with this cost; with the default one, if there is no such.
    pub fn with(memory: u32, passes: u32) -> Self {
        let params = Params::new(memory, passes, 1, None).unwrap_or_default();
        let nobody = text(&params, &[0; 16], &[0; Self::LENGTH]);
        Self {
            nobody: nobody.unwrap_or_default(),
            params,
            memory: Vec::new(),
            count: 0,
        }
    }

    /// The hash of a password, with a salt of its own; `None` if the kernel has no random bytes.
    pub fn hash(&mut self, password: &Password) -> Option<String> {
        let (salt, params) = (token::random::<16>().ok()?, self.params.clone());
        let hash = self.compute(&params, password, &salt)?;
        text(&params, &salt, &hash)
    }

    /// Hashes a password. The memory for it is kept: taken and given back each time, it would lie in pieces
    /// that the allocator can't use again, and a hundred logins would take hundreds of megabytes.
    fn compute(
        &mut self,
        params: &Params,
        password: &Password,
        salt: &[u8],
    ) -> Option<[u8; Self::LENGTH]> {
        self.count += 1;
        let blocks = params.block_count();
        if self.memory.len() < blocks {
            self.memory = vec![Block::new(); blocks];
        }
        let mut hash = [0; Self::LENGTH];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let memory = &mut self.memory[..blocks];
        argon2
            .hash_password_into_with_memory(password.0.as_bytes(), salt, &mut hash, memory)
            .ok()?;
        Some(hash)
    }

    // ANCHOR: verify
    /// Whether the password is the one that was stored. Without a user there is none; but that takes
    /// as long, or the time would tell which users there are.
    pub fn verify(&mut self, password: &Password, stored: Option<&str>) -> bool {
        let Some((params, salt, hash)) = parts(stored.unwrap_or(&self.nobody)) else {
            return false;
        };
        let computed = self.compute(&params, password, &salt);
        let computed = computed.and_then(|computed| Output::new(&computed).ok());
        computed == Some(hash) && stored.is_some() // `Output` is compared in constant time
    }
    // ANCHOR_END: verify

    /// Whether a new hash would cost more than this one.
    pub fn has_outgrown(&self, stored: &str) -> bool {
        parts(stored).is_none_or(|(stored, ..)| {
            let new = &self.params;
            (stored.m_cost(), stored.t_cost()) < (new.m_cost(), new.t_cost())
        })
    }

    /// How many hashes have been computed.
    #[cfg(test)]
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// A hash as it is stored.
fn text(params: &Params, salt: &[u8], hash: &[u8]) -> Option<String> {
    let text = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(hash).ok()?),
    };
    Some(text.to_string())
}

/// What a stored hash consists of; `None` if it isn't one of ours.
fn parts(stored: &str) -> Option<(Params, Salt, Output)> {
    let hash = PasswordHash::new(stored).ok()?;
    let ours = hash.algorithm == ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
    let params = Params::try_from(&hash).ok()?;
    Some((params, hash.salt?, hash.hash?)).filter(|_| ours)
}

#[cfg(test)]
mod tests {
    use super::{Hasher, Password, WrongLength};

    #[test]
    fn a_password_is_known_by_its_hash_only() {
        let mut hasher = Hasher::with(64, 1);
        let hash = hasher
            .hash(&Password::typed("correct horse"))
            .expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert!(!hash.contains("horse"));
        assert!(hasher.verify(&Password::typed("correct horse"), Some(&hash)));
        assert!(!hasher.verify(&Password::typed("correct hors"), Some(&hash)));
        let other = hasher
            .hash(&Password::typed("correct horse"))
            .expect("a hash");
        assert_ne!(hash, other, "each has a salt of its own");
    }

    #[test]
    fn without_a_user_no_password_is_right_and_a_hash_is_computed_all_the_same() {
        let mut hasher = Hasher::with(64, 1);
        let before = hasher.count();
        assert!(!hasher.verify(&Password::typed(""), None));
        assert_eq!(hasher.count(), before + 1);
    }

    #[test]
    fn one_memory_does_for_all_passwords() {
        let mut hasher = Hasher::with(64, 1);
        assert!(
            hasher.memory.is_empty(),
            "nothing is taken before it is needed"
        );
        let hash = hasher.hash(&Password::typed("correct horse"));
        let first = hasher.memory.as_ptr();
        assert!(hasher.verify(&Password::typed("correct horse"), hash.as_deref()));
        assert!(!hasher.verify(&Password::typed("correct horse"), None));
        assert_eq!((hasher.memory.as_ptr(), hasher.memory.len()), (first, 64));
    }

    #[test]
    fn a_hash_is_outgrown_once_new_ones_cost_more() {
        let (mut old, new) = (Hasher::with(64, 1), Hasher::with(128, 1));
        let hash = old.hash(&Password::typed("correct horse")).expect("a hash");
        assert!(new.has_outgrown(&hash));
        assert!(!old.has_outgrown(&hash));
        assert!(old.has_outgrown("12345678"), "no hash at all");
    }

    #[test]
    fn the_default_cost_is_what_the_book_says() {
        let hash = Hasher::new()
            .hash(&Password::typed("correct horse"))
            .expect("a hash");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
    }

    #[test]
    fn accents_may_be_typed_in_either_way() {
        assert_eq!(
            Password::typed("r\u{e9}sum\u{e9}s"),
            Password::typed("re\u{301}sume\u{301}s")
        );
    }

    #[test]
    fn a_new_password_is_neither_short_nor_endless() {
        assert_eq!(Password::new("1234567"), Err(WrongLength));
        assert!(Password::new("12345678").is_ok());
        assert!(Password::new(&"a".repeat(256)).is_ok());
        assert_eq!(Password::new(&"a".repeat(257)), Err(WrongLength));
        assert_eq!(Password::new(&"a".repeat(100_000)), Err(WrongLength));
    }

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(format!("{:?}", Password::typed("secret12")), "Password(…)");
    }
}
