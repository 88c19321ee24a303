//! Lines, and what they mean.

use crate::subject::parse;

const BOOK: &str = "08-chat.html#what-somebody-typed";

#[test]
fn a_line_of_nothing_is_empty() {
    check(&[("", "Err(Empty)")], "There is nothing to say.");
}

#[test]
fn a_line_without_a_slash_is_said() {
    check(
        &[
            ("hello", "Ok(Say(\"hello\"))"),
            ("how  are you?", "Ok(Say(\"how  are you?\"))"),
            ("1/2, and/or", "Ok(Say(\"1/2, and/or\"))"),
            ("msg bob hi", "Ok(Say(\"msg bob hi\"))"),
        ],
        "Only a slash at its beginning makes a line a command. What is said is said as it was typed, with all \
         the blanks that are in it.",
    );
}

#[test]
fn blanks_around_a_line_are_cut_off() {
    check(
        &[
            (" \t hello \r", "Ok(Say(\"hello\"))"),
            ("\u{a0}hello\u{3000}", "Ok(Say(\"hello\"))"),
            ("\u{200b}hello\u{2060}", "Ok(Say(\"hello\"))"),
            (" /who\r", "Ok(Who)"),
        ],
        "Whatever is_blank says is cut off, on both sides. A CR is white space, and comes from telnet; a space \
         of no width comes from web pages.",
    );
}

#[test]
fn what_shows_nothing_is_empty() {
    check(
        &[
            (" \r", "Err(Empty)"),
            ("\u{2003}\u{a0}", "Err(Empty)"),
            ("\u{200b}", "Err(Empty)"),
            ("\u{2800} \u{3164}", "Err(Empty)"),
        ],
        "Nothing in this line can be seen. `str::trim` knows only Unicode's White_Space; a braille pattern without \
         a dot, a Hangul filler or a space of no width isn't among that.",
    );
}

#[test]
fn within_a_text_nothing_changes() {
    check(
        &[
            (
                "a family: \u{1f469}\u{200d}\u{1f467}!",
                "Ok(Say(\"a family: 👩\\u{200d}👧!\"))",
            ),
            (
                "/me waves \u{1f3f4}\u{200d}\u{2620}\u{fe0f} and  leaves",
                "Ok(Act(\"waves 🏴\\u{200d}☠\\u{fe0f} and  leaves\"))",
            ),
        ],
        "The joiner within this emoji is a blank, and it belongs there: without it, one picture becomes two. Only \
         blanks around a text are cut off.",
    );
}

#[test]
fn a_second_slash_makes_it_a_text() {
    check(
        &[
            ("//etc/passwd", "Ok(Say(\"/etc/passwd\"))"),
            ("//quit", "Ok(Say(\"/quit\"))"),
            ("///", "Ok(Say(\"//\"))"),
            (" // a comment", "Ok(Say(\"/ a comment\"))"),
        ],
        "Two slashes mean a text that begins with one. The first of them is taken off.",
    );
}

#[test]
fn each_command_is_known() {
    check(
        &[
            ("/who", "Ok(Who)"),
            ("/help", "Ok(Help)"),
            ("/quit", "Ok(Quit)"),
            ("/quit for today", "Ok(Quit)"),
            ("/who is here?", "Ok(Who)"),
            ("/help me", "Ok(Help)"),
            ("/me waves", "Ok(Act(\"waves\"))"),
            ("/nick alice", "Ok(Rename(\"alice\"))"),
            (
                "/msg bob see you",
                "Ok(Whisper { to: \"bob\", text: \"see you\" })",
            ),
            (
                "/msg <bob> hi",
                "Ok(Whisper { to: \"<bob>\", text: \"hi\" })",
            ),
        ],
        "See the table of commands, and what stands below it: only the NAME of a /nick is looked at.",
    );
}

#[test]
fn between_words_may_be_any_blanks() {
    check(
        &[
            (
                "/msg   bob \t see  you ",
                "Ok(Whisper { to: \"bob\", text: \"see  you\" })",
            ),
            (
                "/msg\tbob\u{a0}hi",
                "Ok(Whisper { to: \"bob\", text: \"hi\" })",
            ),
            ("/me\twaves", "Ok(Act(\"waves\"))"),
            ("/nick \u{3000} alice", "Ok(Rename(\"alice\"))"),
            ("/who\u{200b}", "Ok(Who)"),
            ("/me\u{200b}\u{2060}waves", "Ok(Act(\"waves\"))"),
            (
                "/msg bob \u{3164} hi",
                "Ok(Whisper { to: \"bob\", text: \"hi\" })",
            ),
        ],
        "A word ends at the first blank, whichever that is, and the next one begins where the blanks end. What is \
         blank is_blank says, here too.",
    );
}

#[test]
fn a_command_is_a_whole_word() {
    check(
        &[
            ("/message bob hi", "Err(Unknown(\"/message\"))"),
            ("/meet me at 8", "Err(Unknown(\"/meet\"))"),
            ("/whoami", "Err(Unknown(\"/whoami\"))"),
            ("/nickel", "Err(Unknown(\"/nickel\"))"),
            ("/WHO", "Err(Unknown(\"/WHO\"))"),
            ("/dance all night", "Err(Unknown(\"/dance\"))"),
            ("/", "Err(Unknown(\"/\"))"),
            ("/ who", "Err(Unknown(\"/\"))"),
        ],
        "There is no such command. What a mistyped one would have done, the room can't know: it has to say which \
         word it doesn't know. To say it to all would be worst: it may be a whisper, mistyped.",
    );
}

#[test]
fn what_is_missing_is_told() {
    check(
        &[
            ("/msg", "Err(Incomplete)"),
            ("/msg bob", "Err(Incomplete)"),
            ("/msg bob  \u{200b}", "Err(Incomplete)"),
            ("/me", "Err(Incomplete)"),
            ("/me \u{3164}", "Err(Incomplete)"),
            ("/nick", "Err(Incomplete)"),
        ],
        "Something has to follow this command, and nothing that can be seen does.",
    );
}

#[test]
fn a_name_has_up_to_20_characters() {
    check(
        &[
            ("/nick a", "Ok(Rename(\"a\"))"),
            ("/nick 王小明", "Ok(Rename(\"王小明\"))"),
            (
                "/nick абвгдежзиклмнопрстуф",
                "Ok(Rename(\"абвгдежзиклмнопрстуф\"))",
            ),
            (
                "/nick абвгдежзиклмнопрстуфх",
                "Err(Unfit(\"абвгдежзиклмнопрстуфх\"))",
            ),
            (
                "/nick abcdefghijklmnopqrst",
                "Ok(Rename(\"abcdefghijklmnopqrst\"))",
            ),
            (
                "/nick abcdefghijklmnopqrstu",
                "Err(Unfit(\"abcdefghijklmnopqrstu\"))",
            ),
            (
                "/nick 🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀",
                "Ok(Rename(\"🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀\"))",
            ),
        ],
        "Twenty characters are allowed, whether each needs one byte, two (this alphabet), or four.",
    );
}

#[test]
fn a_name_can_be_told_from_others() {
    check(
        &[
            ("/nick the king", "Err(Unfit(\"the king\"))"),
            ("/nick ali\u{200b}ce", "Err(Unfit(\"ali\\u{200b}ce\"))"),
            ("/nick ali\u{ad}ce", "Err(Unfit(\"ali\\u{ad}ce\"))"),
            ("/nick bell\u{7}!", "Err(Unfit(\"bell\\u{7}!\"))"),
            ("/nick red\u{1b}[31m", "Err(Unfit(\"red\\u{1b}[31m\"))"),
            ("/nick red\u{9b}31m", "Err(Unfit(\"red\\u{9b}31m\"))"),
            ("/nick <root>", "Err(Unfit(\"<root>\"))"),
            ("/nick [you", "Err(Unfit(\"[you\"))"),
            ("/nick you]", "Err(Unfit(\"you]\"))"),
            ("/nick a>b", "Err(Unfit(\"a>b\"))"),
            ("/nick a<b", "Err(Unfit(\"a<b\"))"),
            ("/nick /quit", "Err(Unfit(\"/quit\"))"),
        ],
        "A name with something in it that can't be seen looks like another's. One with brackets, or an escape code, \
         may look like the room's own words.",
    );
}

#[test]
fn what_is_not_forbidden_in_a_name_is_allowed() {
    check(
        &[
            ("/nick a/b", "Ok(Rename(\"a/b\"))"),
            ("/nick -", "Ok(Rename(\"-\"))"),
            ("/nick (x){y}", "Ok(Rename(\"(x){y}\"))"),
            ("/nick \\o/", "Ok(Rename(\"\\\\o/\"))"),
            (
                "/msg /quit hi",
                "Ok(Whisper { to: \"/quit\", text: \"hi\" })",
            ),
        ],
        "Only four brackets are forbidden, and a slash at the beginning. What is said of a NAME is not said of a \
         NICK: nobody has an unfit one, so that finds nobody.",
    );
}

#[test]
fn what_is_no_text_is_refused() {
    judge(
        &[
            (b"\xff", "Err(NotText)"),
            (b"hello \xc3", "Err(NotText)"),
            (b"/me \xe2\x82", "Err(NotText)"),
            (b"\xed\xa0\x80", "Err(NotText)"),
        ],
        "These bytes aren't UTF-8. Whoever takes what can be read of them, or nothing, says something that \
         nobody has typed.",
    );
}

/// Judges lines that are text.
#[track_caller]
fn check(lines: &[(&str, &str)], means: &str) {
    let lines: Vec<_> = lines
        .iter()
        .map(|(line, expected)| (line.as_bytes(), *expected))
        .collect();
    judge(&lines, means);
}

#[track_caller]
fn judge(lines: &[(&[u8], &str)], means: &str) {
    let said: Vec<String> = harness::call(|| {
        let said = lines.iter().map(|(line, _)| format!("{:?}", parse(line)));
        said.collect()
    });
    for ((line, expected), said) in lines.iter().zip(&said) {
        compare(line, expected, said, means);
    }
}

#[track_caller]
fn compare(line: &[u8], expected: &str, said: &str, means: &str) {
    let shown = match str::from_utf8(line) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("b\"{}\"", line.escape_ascii()),
    };
    assert!(
        said == expected,
        "the line  {shown}\nexpected  {expected}\nreceived  {said}\nit means  {means}\nread      book: {BOOK}"
    );
}
