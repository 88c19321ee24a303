//! # 08-1 What somebody has typed
//!
//! In a chat room people type, and what they type is anything. A line that begins with a slash is a command,
//! any other line is said to all. Document 004 wants both, messages to all and to one, but doesn't say how
//! they are told apart (bug B107 in the book). This is chapter 08's answer:
//!
//! | the line | means |
//! | --- | --- |
//! | `TEXT` | `Say`: to all |
//! | `//TEXT` | `Say`, of `/TEXT`: so a text may begin with a slash, too |
//! | `/msg NICK TEXT` | `Whisper`: to one |
//! | `/me TEXT` | `Act` |
//! | `/nick NAME` | `Rename` |
//! | `/who`, `/help`, `/quit` | the same; whatever stands behind them means nothing |
//!
//! Write [`parse`]. It gets a line without its LF.
//!
//! - A line that isn't UTF-8 is `Err(NotText)`, all of it.
//! - What is blank is cut off on both sides; a CR at the end goes with it. If nothing is left, the line is
//!   `Err(Empty)`. Blank is what [`is_blank`] says: more than Unicode's white space, for some characters only
//!   look like it, and somebody who says `U+200B` seems to say nothing.
//! - A command is the whole first word: `/message hi` is no `/me` and no `/msg`. Small letters only. One that
//!   isn't in the table is `Err(Unknown)`, with the word as it was typed, its slash included.
//! - Between the words may be any number of blanks. Within a TEXT nothing changes: an emoji may be several
//!   characters, held together by one that is blank.
//! - If a NICK, NAME or TEXT is missing: `Err(Incomplete)`.
//! - All that stands behind `/nick` is the NAME. It is fit if it has 1 to 20 characters (of Rust, `char`), none
//!   of them blank, or a control character, or one of `<>[]`, and if it doesn't begin with a slash. Otherwise:
//!   `Err(Unfit)`. A NICK needs no such look: nobody has an unfit one.
//!
//! Read: `str::from_utf8`, `str::trim_matches` and `str::find` (both take a function), `char::is_control`.

/// What a member wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// To be heard by all.
    Say(&'a str),
    /// To be heard by one.
    Whisper {
        /// Whose ears it is for.
        to: &'a str,
        /// What it says.
        text: &'a str,
    },
    /// To be seen doing something.
    Act(&'a str),
    /// Another name.
    Rename(&'a str),
    /// To know who is here.
    Who,
    /// To know what can be typed.
    Help,
    /// To leave.
    Quit,
}

/// Why a line is none of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused<'a> {
    /// It isn't UTF-8.
    NotText,
    /// It has nothing that can be seen.
    Empty,
    /// There is no such command.
    Unknown(&'a str),
    /// Something is missing behind the command.
    Incomplete,
    /// Nobody can be called that.
    Unfit(&'a str),
}

/// Whether a character is white space, or looks as if it were.
#[must_use]
pub fn is_blank(c: char) -> bool {
    // Hyphens, joiners and marks that show nothing; Hangul fillers; the braille pattern without a dot.
    let looks_blank = matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
        | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}');
    c.is_whitespace() || looks_blank
}

/// What a line means that a member has typed.
///
/// # Errors
///
/// If it means nothing: why.
pub fn parse(line: &[u8]) -> Result<Command<'_>, Refused<'_>> {
    if line.is_empty() {
        return Err(Refused::Empty);
    }
    todo!("text, trimmed; a command, or not")
}
