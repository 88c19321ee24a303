//! Text that may be shown: whatever could steer a terminal has become visible.
//!
//! ```text
//!   typed   ESC [ 3 1 m r e d          shown   ␛[31mred
//! ```
//!
//! A terminal obeys escape sequences wherever they come from: they move its cursor, rewrite what
//! stands above, and some make it type. Bidi overrides make a line read backwards, and so say what
//! its author didn't. So a line loses them before it goes to any member, and here, once, instead of in
//! each client.

use std::fmt;
use std::rc::Rc;

/// Text without control characters. It is shared, however many hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(Rc<str>);

impl Text {
    /// The text that stands for what was typed.
    ///
    /// ```
    /// use ch08_chat::Text;
    ///
    /// assert_eq!(Text::new("\x1b[31mred\x07").as_str(), "␛[31mred␇");
    /// ```
    #[must_use]
    pub fn new(typed: &str) -> Self {
        Self(typed.chars().map(shown).collect::<String>().into())
    }

    /// The same as a slice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is shown for `typed`. Unicode has pictures of the first 32 control characters and of DEL,
/// from U+2400 on; for what has none there is U+FFFD.
// ANCHOR: shown
fn shown(typed: char) -> char {
    match typed {
        // Separators of lines and paragraphs: here is only one line.
        '\t' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{00}'..='\u{1f}' => char::from_u32(0x2400 + typed as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' => '\u{fffd}',
        _ if is_bidi_control(typed) => '\u{fffd}',
        _ => typed,
    }
}
// ANCHOR_END: shown

/// Embeddings, overrides and isolates (UAX #9 §2). Right-to-left scripts do without them.
fn is_bidi_control(typed: char) -> bool {
    matches!(typed, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::Text;

    fn shown(typed: &str) -> String {
        Text::new(typed).to_string()
    }

    #[test]
    fn control_characters_become_pictures_of_themselves() {
        assert_eq!(shown("\x1b]0;title\x07"), "␛]0;title␇");
        assert_eq!(shown("a\0b\rc\nd\x7f"), "a␀b␍c␊d␡");
        assert_eq!(shown("\u{9b}31m\u{85}"), "\u{fffd}31m\u{fffd}");
    }

    #[test]
    fn a_tab_and_a_separator_of_lines_become_spaces() {
        assert_eq!(shown("a\tb\u{2028}c\u{2029}d"), "a b c d");
    }

    #[test]
    fn nothing_turns_the_direction_of_a_line() {
        for control in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
            assert_eq!(shown(&format!("a{control}b")), "a\u{fffd}b");
        }
    }

    #[test]
    fn scripts_and_emoji_stay_as_they_are() {
        for text in ["שלום עולם", "你好", "नमस्ते", "👩‍💻 ❤️ 🇫🇷", "e\u{301}"]
        {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn of_all_characters_none_that_is_shown_is_a_control() {
        let all: String = ('\0'..=char::MAX).collect();
        assert!(!shown(&all).contains(char::is_control));
    }
}
