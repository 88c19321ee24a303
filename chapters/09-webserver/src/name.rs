//! Names of users: what looks the same is the same, and what can't be seen isn't taken.
//!
//! `Zoë` can be written with one letter or with two (an e, and a mark above it), and keyboards differ
//! in which they send. So a name is kept in a normal form, made of what names are compared by
//! ([`Folded`]), and put together again (NFC, UAX #15).

use std::fmt;

use names::{Folded, is_invisible, looks_like_space};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The name of a user, in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It has no character, or more than [`Name::MAX`].
    Length,
    /// It has another character than letters, digits and those of [`Name::MARKS`].
    Character,
    /// It begins with an accent that has no letter, or has a pile of them.
    Accent,
}

/// Scripts need so many marks on one letter.
const MAX_PILE: usize = 4;

impl Name {
    /// The longest name, in characters.
    pub const MAX: usize = 40;

    /// What a name may have besides letters and digits; with these, an address of e-mail is a name.
    pub const MARKS: &str = ".-_@+";

    /// The name that `text` means.
    ///
    /// ```
    /// use ch09_webserver::{Name, Unfit};
    ///
    /// assert_eq!(Name::new("Zo\u{eb}")?, Name::new("ZOE\u{308}")?);
    /// assert_eq!(Name::new("root\u{200b}"), Err(Unfit::Character));
    /// # Ok::<(), Unfit>(())
    /// ```
    ///
    /// # Errors
    /// The first of the rules that it breaks.
    pub fn new(text: &str) -> Result<Self, Unfit> {
        // NFKC may make one character eighteen, and cutting that off would make two names one.
        if text.chars().nth(Self::MAX).is_some() {
            return Err(Unfit::Length);
        }
        if text.contains(|letter| is_invisible(letter) || looks_like_space(letter)) {
            return Err(Unfit::Character);
        }
        let name: String = Folded::new(text).as_str().nfc().collect();
        if name.is_empty() || name.chars().nth(Self::MAX).is_some() {
            return Err(Unfit::Length);
        }
        let fits = |letter: char| {
            letter.is_alphanumeric() || is_combining_mark(letter) || Self::MARKS.contains(letter)
        };
        if !name.chars().all(fits) {
            return Err(Unfit::Character);
        }
        let pile = |pile: &str| pile.chars().count() > MAX_PILE;
        if name.starts_with(is_combining_mark)
            || name.split(|letter| !is_combining_mark(letter)).any(pile)
        {
            return Err(Unfit::Accent);
        }
        Ok(Self(name))
    }

    /// A name that was in its normal form when it was stored.
    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }

    /// The same as a slice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "A name has 1 to {} characters.", Name::MAX),
            Self::Character => write!(f, "A name has letters, digits and {} only.", Name::MARKS),
            Self::Accent => write!(
                f,
                "A name doesn't begin with an accent, nor has it more than {MAX_PILE} in a row."
            ),
        }
    }
}

impl std::error::Error for Unfit {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Name, Unfit};

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (one, other) in [
            ("root", "ROOT"),
            ("root", "ｒｏｏｔ"), // wide letters
            ("Zo\u{eb}", "zoe\u{308}"),
            ("ΣΟΣ", "σος"),
            ("strasse", "Straße"),
        ] {
            assert_eq!(Name::new(one), Name::new(other), "{one} {other}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_refused() {
        for text in [
            "root\u{200b}",
            "r\u{34f}at",   // a mark that is drawn as nothing
            "root\u{fe0f}", // one that only asks for a picture
            "root\u{3164}", // a letter that is drawn as nothing
            "r\u{115f}at",
            "a b",
            "root\u{a0}",
            "root\0",
            "\u{202e}toor",
            "a\nb",
        ] {
            assert_eq!(Name::new(text), Err(Unfit::Character), "{text:?}");
        }
        assert_eq!(Name::new(""), Err(Unfit::Length));
        assert_eq!(Name::new("\u{308}a"), Err(Unfit::Accent));
        assert_eq!(
            Name::new(&format!("a{}", "\u{316}".repeat(5))),
            Err(Unfit::Accent)
        );
    }

    #[test]
    fn what_would_be_sql_or_html_is_refused_as_well() {
        for text in ["a'b", "a\"b", "<b>", "a;b", "a--b,c", "root', 'x')"] {
            assert_eq!(Name::new(text), Err(Unfit::Character), "{text}");
        }
    }

    #[test]
    fn names_of_all_scripts_are_taken() {
        for text in [
            "alice",
            "猫",
            "Дмитрий",
            "हिन्दी",
            "สมชาย",
            "ada@example.org",
            "a+b_c-d.e",
        ] {
            assert!(Name::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn the_longest_name_has_40_characters() {
        assert!(Name::new(&"a".repeat(40)).is_ok());
        assert_eq!(Name::new(&"a".repeat(41)), Err(Unfit::Length));
        assert_eq!(
            Name::new(&"\u{fdfa}".repeat(40)),
            Err(Unfit::Length),
            "18 letters each"
        );
    }

    proptest! {
        #[test]
        fn the_normal_form_of_a_name_is_its_own(text in "\\PC{0,50}") {
            if let Ok(name) = Name::new(&text) {
                prop_assert_eq!(Name::new(name.as_str()), Ok(name.clone()));
            }
        }
    }
}
