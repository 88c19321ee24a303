//! What a member types: a line to all, or a command.

use names::{is_invisible, looks_like_space};
use unicode_width::UnicodeWidthChar;

use super::refusal::Refusal;

/// What a line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command<'a> {
    /// To say this to all.
    Say(&'a str),
    /// To say it to one.
    Tell {
        /// What that one is called.
        nick: &'a str,
        /// What to say.
        text: &'a str,
    },
    /// To say what one does: `* alice waves`.
    Act(&'a str),
    /// To be called so.
    Rename(&'a str),
    /// Who is here?
    Who,
    /// What can be typed?
    Help,
    /// To leave.
    Quit,
    /// Nothing: the sender is still there.
    Pong,
}

/// What can be typed, in lines.
pub(super) const HELP: &[&str] = &[
    "what you type goes to all; a line that begins with / is a command:",
    "/msg NICK TEXT says TEXT to one member alone",
    "/me TEXT says what you do",
    "/nick NAME gives you another name",
    "/who says who is here",
    "/quit leaves",
    "//TEXT says a text that begins with /",
];

const MSG: &str = "/msg NICK TEXT";
const ME: &str = "/me TEXT";
const NICK: &str = "/nick NAME";

impl<'a> Command<'a> {
    /// Reads a line. White space at its ends means nothing, nor do characters that nobody sees: a
    /// line that begins with a slash for its reader is a command, or it would be said to all.
    ///
    /// ```
    /// use ch08_chat::{Command, Refusal};
    ///
    /// assert_eq!(Command::parse("hello"), Ok(Command::Say("hello")));
    /// let tell = Command::Tell { nick: "bob", text: "are you there?" };
    /// assert_eq!(Command::parse("/msg bob are you there?"), Ok(tell));
    /// assert_eq!(Command::parse("  "), Err(Refusal::Empty));
    /// ```
    ///
    /// # Errors
    /// [`Refusal::Empty`], [`Refusal::Unknown`] or [`Refusal::Incomplete`].
    // ANCHOR: parse
    pub fn parse(line: &'a str) -> Result<Self, Refusal> {
        let seen = line.trim_start_matches(is_unseen);
        if seen.is_empty() {
            return Err(Refusal::Empty);
        }
        if !seen.starts_with(SLASHES) {
            return Ok(Self::Say(line.trim_matches(is_space)));
        }
        if seen.starts_with("//") {
            return Ok(Self::Say(seen[1..].trim_end_matches(is_space)));
        }
        let (word, rest) = split(seen);
        let needed = |usage| {
            (!rest.is_empty())
                .then_some(rest)
                .ok_or(Refusal::Incomplete(usage))
        };
        let visible = word.replace(is_invisible, "").replace(SLASHES, "/");
        Ok(match &*visible {
            "/msg" => match split(needed(MSG)?) {
                (_, "") => return Err(Refusal::Incomplete(MSG)),
                (nick, text) => Self::Tell { nick, text },
            },
            "/me" => Self::Act(needed(ME)?),
            "/nick" => Self::Rename(needed(NICK)?),
            "/who" => Self::Who,
            "/help" => Self::Help,
            "/quit" => Self::Quit,
            "/pong" => Self::Pong,
            _ => return Err(Refusal::Unknown(Refusal::repeated(word))),
        })
    }
    // ANCHOR_END: parse
}

/// The second is typed with the keyboard in Chinese or Japanese.
const SLASHES: [char; 2] = ['/', '／'];

/// White space, and the mark with which some systems begin a text: browsers drop it, too.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() || letter == '\u{feff}'
}

/// What leaves no trace where it is shown. An accent that has no letter counts as such: it
/// mustn't hide a slash.
fn is_unseen(letter: char) -> bool {
    looks_like_space(letter) || is_invisible(letter) || letter.width() == Some(0)
}

/// The first word, and what follows the space after it, if anything of that is seen.
fn split(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once(looks_like_space).unwrap_or((line, ""));
    let rest = rest.trim_matches(is_space);
    (
        word,
        if rest.chars().all(is_unseen) {
            ""
        } else {
            rest
        },
    )
}

#[cfg(test)]
mod tests {
    use super::Command;
    use crate::Refusal;

    #[test]
    fn a_line_without_a_slash_is_said_without_the_space_around_it() {
        for line in ["hello", " hello ", "\u{3000}hello\t"] {
            assert_eq!(Command::parse(line), Ok(Command::Say("hello")));
        }
        assert_eq!(Command::parse("a / b"), Ok(Command::Say("a / b")));
    }

    /// As reported to MonetDB#2495, Eppie-CLI#622, botbuilder-tools#1046 and browser-harness#433:
    /// files from Windows, and what was copied from a page.
    #[test]
    fn a_line_whose_first_visible_character_is_a_slash_is_not_said() {
        let unseen = [
            "\u{feff}",
            "\u{200b}",
            "\u{200e}",
            "\u{2060}",
            "\u{ad}",
            "\u{61c}",
            "\u{2800}",
            "\u{3164}",
            "\u{e0041}",
            "\u{180e}",
            "\u{34f}",
            "\u{301}",
            "\x07",
            " \u{feff} \u{a0}",
        ];
        for unseen in unseen {
            let hidden = unseen.escape_unicode();
            let tell = Command::Tell {
                nick: "bob",
                text: "x",
            };
            let (before, within) = (format!("{unseen}/msg bob x"), format!("/msg{unseen}bob x"));
            assert_eq!(Command::parse(&before), Ok(tell), "{hidden}");
            let within = Command::parse(&within);
            assert!(
                !matches!(within, Ok(Command::Say(_))),
                "{hidden}: {within:?}"
            );
            let wrong = format!("{unseen}/mgs bob x");
            assert!(
                matches!(Command::parse(&wrong), Err(Refusal::Unknown(_))),
                "{hidden}"
            );
            assert_eq!(Command::parse(unseen), Err(Refusal::Empty), "{hidden}");
            assert!(
                Command::parse(&format!("/msg bob {unseen}")).is_err(),
                "{hidden}"
            );
        }
        let who = Command::parse("/w\u{200b}ho\u{feff}");
        assert_eq!(who, Ok(Command::Who));
    }

    #[test]
    fn the_wide_slash_of_an_input_method_is_a_slash() {
        let tell = Command::Tell {
            nick: "bob",
            text: "x",
        };
        assert_eq!(Command::parse("／msg bob x"), Ok(tell));
        assert_eq!(
            Command::parse("\u{3000}／msg\u{3000}bob\u{3000}x"),
            Ok(tell)
        );
        assert!(Command::parse("／／x").is_err());
    }

    #[test]
    fn what_is_said_keeps_its_marks() {
        for line in [
            "\u{200f}שלום!\u{200f}",
            "I \u{2764}\u{fe0f}",
            "🏴\u{e0067}\u{e007f}",
        ] {
            assert_eq!(Command::parse(line), Ok(Command::Say(line)));
        }
        assert_eq!(Command::parse("\u{feff}hello"), Ok(Command::Say("hello")));
    }

    #[test]
    fn two_slashes_say_one() {
        assert_eq!(Command::parse("//help"), Ok(Command::Say("/help")));
        assert_eq!(Command::parse("//"), Ok(Command::Say("/")));
        assert_eq!(Command::parse("///x"), Ok(Command::Say("//x")));
    }

    #[test]
    fn a_private_line_has_a_nick_and_a_text_whatever_space_is_between() {
        for line in ["/msg bob a  b", "/msg  bob \t a  b ", "/msg\tbob\u{a0}a  b"] {
            let tell = Command::Tell {
                nick: "bob",
                text: "a  b",
            };
            assert_eq!(Command::parse(line), Ok(tell), "{line:?}");
        }
    }

    #[test]
    fn commands_without_what_they_need_tell_how_they_are_used() {
        for line in ["/msg", "/msg bob", "/msg bob ", "/me", "/me ", "/nick"] {
            let refusal = Command::parse(line).expect_err(line);
            assert!(matches!(refusal, Refusal::Incomplete(_)), "{line}");
            let word = line.split(' ').next().unwrap_or_default();
            assert!(refusal.to_string().contains(word), "{refusal}");
        }
    }

    #[test]
    fn the_other_commands_are_words() {
        assert_eq!(Command::parse("/who"), Ok(Command::Who));
        assert_eq!(Command::parse("/help me"), Ok(Command::Help));
        assert_eq!(Command::parse(" /quit "), Ok(Command::Quit));
        assert_eq!(Command::parse("/pong"), Ok(Command::Pong));
        assert_eq!(Command::parse("/me waves"), Ok(Command::Act("waves")));
        assert_eq!(Command::parse("/nick a b"), Ok(Command::Rename("a b")));
    }

    #[test]
    fn an_unknown_command_is_named_and_cut_if_it_is_long() {
        for (line, named) in [("/whoo", "/whoo;"), ("/WHO", "/WHO;"), ("/", "command /;")] {
            let refusal = Command::parse(line).expect_err(line).to_string();
            assert!(refusal.contains(named), "{refusal}");
        }
        let long = format!("/{}", "é".repeat(300));
        let refusal = Command::parse(&long).expect_err("unknown").to_string();
        assert!(refusal.chars().count() < 120, "{refusal}");
    }
}
