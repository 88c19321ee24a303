//! What is refused: each case has one clear line, for the member that typed it.

use std::fmt;

use super::nick::Nick;
use super::text::Text;
use super::unfit::Unfit;

/// The longest line that a member may type, in bytes, without its end.
pub const MAX_LINE: usize = 1000;

/// Why something that a member has sent comes to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is nothing on the line.
    Empty,
    /// It has more than [`MAX_LINE`] bytes.
    TooLong,
    /// It isn't UTF-8.
    NotUtf8,
    /// It isn't the JSON that is taken here.
    NotSaid,
    /// There is no such command.
    Unknown(Text),
    /// Something is missing: how the command is used.
    Incomplete(&'static str),
    /// No member here is called so.
    Nobody(Text),
    /// A private line to oneself.
    Oneself,
    /// Another member is called so.
    Taken(Nick),
    /// That is what the member is called.
    Same(Nick),
    /// Lines come too fast. Nothing is lost: they wait.
    TooFast,
    /// All say as much as may be said. Nothing is lost: it waits.
    RoomTooFast,
    /// The name is no nick.
    Unfit(Unfit),
}

/// Of what was typed, no more than this is repeated, in characters.
const REPEATED: usize = Nick::MAX;

impl Refusal {
    /// What was typed, cut to a length that does for an answer.
    pub(super) fn repeated(typed: &str) -> Text {
        match typed.char_indices().nth(REPEATED) {
            Some((end, _)) => Text::new(&format!("{}…", &typed[..end])),
            None => Text::new(typed),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is nothing on that line"),
            Self::TooLong => write!(
                f,
                "a line has {MAX_LINE} bytes at most; nobody got that one"
            ),
            Self::NotUtf8 => f.write_str("that line is not UTF-8; nobody got it"),
            Self::NotSaid => f.write_str(r#"a message has to be text like {"say":"hello"}"#),
            Self::Unknown(word) => write!(
                f,
                "there is no command {word}; /help says which there are, and //text says /text"
            ),
            Self::Incomplete(usage) => write!(f, "that is used like this: {usage}"),
            Self::Nobody(name) => write!(f, "nobody here is called {name}; /who says who is here"),
            Self::Oneself => f.write_str("that would be to yourself"),
            Self::Taken(nick) => write!(f, "somebody else is called {nick}"),
            Self::Same(nick) => write!(f, "you are called {nick} already"),
            Self::TooFast => f.write_str(
                "slower, please: 20 lines at once, then 10 a second; the rest of yours waits",
            ),
            Self::RoomTooFast => {
                f.write_str("as much is said here as others can read; the rest of yours waits")
            }
            Self::Unfit(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}
