//! Wrong: takes a word to end in white space only.
//! Caught by: between_words_may_be_any_blanks
//! Says: the line  "/me\u{200b}\u{2060}waves"

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
    let line = str::from_utf8(line).map_err(|_| Refused::NotText)?;
    let text = line.trim_matches(is_blank);
    if text.is_empty() {
        return Err(Refused::Empty);
    }
    if !text.starts_with('/') {
        return Ok(Command::Say(text));
    }
    if text.starts_with("//") {
        return Ok(Command::Say(&text[1..]));
    }
    let (word, rest) = first_word(text);
    // The whole word: of two commands, one may be the beginning of the other.
    match word {
        "/who" => Ok(Command::Who),
        "/help" => Ok(Command::Help),
        "/quit" => Ok(Command::Quit),
        "/me" => some(rest).map(Command::Act),
        "/msg" => {
            let (to, text) = first_word(some(rest)?);
            some(text).map(|text| Command::Whisper { to, text })
        }
        "/nick" => some(rest).and_then(name).map(Command::Rename),
        _ => Err(Refused::Unknown(word)),
    }
}

/// The first word of a text that doesn't begin with a blank, and what stands behind it.
fn first_word(text: &str) -> (&str, &str) {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_start_matches(is_blank))
}

fn some(text: &str) -> Result<&str, Refused<'_>> {
    if text.is_empty() {
        Err(Refused::Incomplete)
    } else {
        Ok(text)
    }
}

/// A name that others can see and type, and that can't be taken for another: two names that differ in a blank
/// look the same.
fn name(name: &str) -> Result<&str, Refused<'_>> {
    let is_bad = |c: char| is_blank(c) || c.is_control() || "<>[]".contains(c);
    if name.starts_with('/') || name.contains(is_bad) || name.chars().count() > 20 {
        Err(Refused::Unfit(name))
    } else {
        Ok(name)
    }
}
