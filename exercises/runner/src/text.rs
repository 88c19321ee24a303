//! What all output has in common: colours, the terminal's width, and wrapping at words.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use terminal_size::{Width, terminal_size};

pub const GOOD: Style = AnsiColor::Green.on_default();
pub const BAD: Style = AnsiColor::Red.on_default();
pub const NOTE: Style = AnsiColor::Yellow.on_default();
pub const FAINT: Style = Style::new().dimmed();
pub const STRONG: Style = Style::new().bold();

/// Columns to fill: the terminal's, but no more than can be read with ease.
pub fn width() -> usize {
    let columns = if io::stdout().is_terminal() {
        terminal_size().map(|(Width(columns), _)| columns)
    } else {
        None
    };
    usize::from(columns.unwrap_or(80)).clamp(40, 100)
}

/// Prints `text`; colours go if the output is no terminal or `NO_COLOR` is set. A reader of a pipe
/// that leaves early (`| head`) is no error.
pub fn show(text: &str) {
    let mut out = anstream::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a line that isn't the result itself to stderr.
pub fn warn(text: &str) {
    let _ = writeln!(anstream::stderr(), "{NOTE}{text}{NOTE:#}");
}

/// `text` in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// `text` broken at spaces into lines of `width` columns; the first begins with `first`, the others
/// with as many spaces.
pub fn wrap(first: &str, text: &str, width: usize) -> String {
    let indent = first.chars().count();
    let mut out = first.to_owned();
    let mut column = indent;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > indent {
            if column + 1 + length > width {
                let _ = write!(out, "\n{:indent$}", "");
                column = indent;
            } else {
                out.push(' ');
                column += 1;
            }
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn a_long_text_continues_below_its_beginning() {
        assert_eq!(
            wrap("why  ", "one two three four", 14),
            "why  one two\n     three\n     four\n"
        );
    }

    #[test]
    fn a_word_longer_than_the_line_stays_whole() {
        assert_eq!(
            wrap("", "a https://example.org b", 8),
            "a\nhttps://example.org\nb\n"
        );
    }
}
