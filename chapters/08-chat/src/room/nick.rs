//! Nicks: what members call themselves, and which names are refused.
//!
//! A nick stands before what is said, `<alice> hello`, and it is typed, `/msg alice hello`. So it
//! must not look like another one, nor like nothing, nor like the marks around it.
//!
//! Letters of two scripts may still look the same, and so may two ways to write one with its
//! accent: to tell these takes tables of Unicode (UTS #39) that are beyond this chapter.

use std::fmt;
use std::rc::Rc;

use unicode_width::UnicodeWidthChar;

/// What a member is called. It is shared, however many hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nick(Rc<str>);

/// A nick without regard to case: two that are equal here are taken for one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folded(String);

/// Why a name is no nick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unfit {
    /// It has no character, or more than [`Nick::MAX`].
    Length,
    /// White space, or what looks like it.
    Space,
    /// An invisible character.
    Invisible,
    /// One of the marks that stand around nicks.
    Mark,
    /// It begins like a command.
    Slash,
    /// It begins with an accent that has no letter, or has a pile of them.
    Accent,
    /// It is what lines call their reader: `[you to bob]`.
    You,
}

impl Nick {
    /// The longest nick, in characters.
    pub const MAX: usize = 20;

    /// The nick with this name.
    ///
    /// ```
    /// use ch08_chat::{Nick, Unfit};
    ///
    /// let (alice, bob) = (Nick::new("Alice")?, Nick::new("bob")?);
    /// assert_eq!(alice.folded(), Nick::new("ALICE")?.folded());
    /// assert_ne!(alice.folded(), bob.folded());
    /// assert_eq!(Nick::new("bob\u{a0}"), Err(Unfit::Space));
    /// # Ok::<(), Unfit>(())
    /// ```
    ///
    /// # Errors
    /// The first of the rules that it breaks.
    pub fn new(name: &str) -> Result<Self, Unfit> {
        if name.is_empty() || name.chars().nth(Self::MAX).is_some() {
            return Err(Unfit::Length);
        }
        if name.chars().any(looks_like_space) {
            return Err(Unfit::Space);
        }
        if name.chars().any(is_invisible) {
            return Err(Unfit::Invisible);
        }
        if name.contains(['<', '>', '[', ']']) {
            return Err(Unfit::Mark);
        }
        if name.starts_with('/') {
            return Err(Unfit::Slash);
        }
        if name.chars().next().is_some_and(is_accent) || longest_pile(name) > MAX_PILE {
            return Err(Unfit::Accent);
        }
        if Folded::new(name) == Folded::new("you") {
            return Err(Unfit::You);
        }
        Ok(Self(name.into()))
    }

    /// What a newcomer is called.
    #[must_use]
    pub fn guest(number: u32) -> Self {
        Self(format!("guest-{number}").into())
    }

    /// The number of a nick that [`Self::guest`] could have made.
    #[must_use]
    pub fn guest_number(&self) -> Option<u32> {
        let number = self.folded().0.strip_prefix("guest-")?.parse();
        number.ok()
    }

    /// The same without regard to case.
    ///
    /// To capitals and back, since some letters have two small forms: `ς` and `σ`, `ß` and `ss`.
    #[must_use]
    pub fn folded(&self) -> Folded {
        Folded::new(&self.0)
    }

    /// The same as a slice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Folded {
    /// Any name without regard to case: to look for a nick.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let capitals = name.chars().flat_map(char::to_uppercase);
        Self(capitals.flat_map(char::to_lowercase).collect())
    }
}

impl fmt::Display for Nick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a nick has 1 to 20 characters",
            Self::Space => "a nick has no spaces, nor what looks like one",
            Self::Invisible => "a nick has no characters that nobody sees",
            Self::Mark => "a nick has none of < > [ ]",
            Self::Slash => "a nick doesn't begin with /, as commands do",
            Self::Accent => "a nick doesn't begin with an accent, nor has it more than 4 in a row",
            Self::You => "a nick isn't the word you: who is meant by that depends on who reads it",
        })
    }
}

impl std::error::Error for Unfit {}

/// Scripts need so many marks on one letter; a pile of them is drawn across the lines above.
const MAX_PILE: usize = 4;

/// What is drawn on the letter before it.
fn is_accent(letter: char) -> bool {
    letter.width() == Some(0)
}

/// The most accents that follow each other.
fn longest_pile(name: &str) -> usize {
    let piles = name.split(|letter| !is_accent(letter));
    piles.map(|pile| pile.chars().count()).max().unwrap_or(0)
}

/// White space, and what is drawn as nothing: the blanks of Braille and of hieroglyphs, the
/// fillers of Hangul, and a note without a head.
fn looks_like_space(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '\u{2800}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{3164}'
                | '\u{ffa0}'
                | '\u{1d159}'
                | '\u{13441}'
                | '\u{13442}'
        )
}

/// Control characters, those that only format, and the others that Unicode calls default
/// ignorable: a nick with one would look like the same without.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}'
            | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests;
