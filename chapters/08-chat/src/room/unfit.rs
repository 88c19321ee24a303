//! Which names are refused.
//!
//! A nick stands before what is said, `<alice> hello`, and it is typed, `/msg alice hello`. So it
//! must not look like another one, nor like nothing, nor like the marks around it.

use std::fmt;

use names::{Folded, is_invisible, looks_like_space};
use unicode_width::UnicodeWidthChar;

/// Why a name is no nick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unfit {
    /// It has no character, or more than [`Unfit::LONGEST`].
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

/// Scripts need so many marks on one letter; a pile of them is drawn across the lines above.
const MAX_PILE: usize = 4;

impl Unfit {
    /// The longest nick, in characters.
    pub const LONGEST: usize = 20;

    /// The first of the rules that this name breaks; `None` if it may be a nick.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        if name.is_empty() || name.chars().nth(Self::LONGEST).is_some() {
            return Some(Self::Length);
        }
        if name.contains(looks_like_space) {
            return Some(Self::Space);
        }
        if name.contains(is_invisible) {
            return Some(Self::Invisible);
        }
        let folded = Folded::new(name); // has `<` for the wide one, too
        if folded.as_str().contains(['<', '>', '[', ']']) {
            return Some(Self::Mark);
        }
        if folded.as_str().starts_with('/') {
            return Some(Self::Slash);
        }
        if name.starts_with(is_accent) || longest_pile(name) > MAX_PILE {
            return Some(Self::Accent);
        }
        (folded == Folded::new("you")).then_some(Self::You)
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

/// What is drawn on the letter before it.
fn is_accent(letter: char) -> bool {
    letter.width() == Some(0)
}

/// The most accents that follow each other.
fn longest_pile(name: &str) -> usize {
    let piles = name.split(|letter| !is_accent(letter));
    piles.map(|pile| pile.chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests;
