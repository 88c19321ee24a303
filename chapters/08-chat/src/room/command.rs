//! What a member types: a line to all, or a command.

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
    /// Reads a line. White space at its ends means nothing.
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
        let line = line.trim();
        if line.is_empty() {
            return Err(Refusal::Empty);
        }
        if !line.starts_with('/') {
            return Ok(Self::Say(line));
        }
        if line.starts_with("//") {
            return Ok(Self::Say(&line[1..]));
        }
        let (word, rest) = split(line);
        let needed = |usage| {
            (!rest.is_empty())
                .then_some(rest)
                .ok_or(Refusal::Incomplete(usage))
        };
        Ok(match word {
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

/// The first word, and what follows the white space after it.
fn split(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    (word, rest.trim_start())
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
