//! What all output has in common: colours, the terminal's width, and wrapping at words.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use terminal_size::{Height, Width, terminal_size, terminal_size_of};

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

/// Rows of the terminal.
pub fn height() -> usize {
    terminal_size().map_or(24, |(_, Height(rows))| rows.into())
}

/// Prints `text`; colours go if the output is no terminal or `NO_COLOR` is set. A reader of a pipe
/// that leaves early (`| head`) is no error.
pub fn show(text: &str) {
    let mut out = anstream::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints `text` to stderr: what isn't the result itself.
pub fn show_on_stderr(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Prints a line that isn't the result itself to stderr.
pub fn warn(text: &str) {
    let _ = writeln!(anstream::stderr(), "{NOTE}{text}{NOTE:#}");
}

/// Prints what went wrong to stderr, wrapped only for a terminal: a program may want to read it.
pub fn show_error(text: &str) {
    let columns = terminal_size_of(io::stderr()).map(|(Width(columns), _)| columns.into());
    let text = error(text, columns.unwrap_or(usize::MAX));
    let _ = write!(anstream::stderr(), "{}{text}", paint(BAD, ERROR));
}

const ERROR: &str = "error: ";

/// The lines of an error that fit into `width` columns behind [`ERROR`], a line's rest as far to the
/// right as its beginning.
fn error(text: &str, width: usize) -> String {
    let mut out = String::new();
    for (i, line) in text.lines().enumerate() {
        let before = if i == 0 { ERROR.len() } else { 0 };
        let length = before + line.chars().count();
        if length <= width {
            out += line;
            out.push('\n');
            continue;
        }
        let spaces = line.len() - line.trim_start().len();
        let wrapped = wrap(&" ".repeat(before + spaces), line, width);
        out += wrapped.get(before..).unwrap_or_default();
    }
    out
}

/// `text` in a style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// `text` broken at spaces into lines of `width` columns; the first begins with `first`, the others
/// with as many spaces. A path that is too long for a line is broken behind a slash.
pub fn wrap(first: &str, text: &str, width: usize) -> String {
    let indent = first.chars().count();
    let mut out = first.to_owned();
    let mut column = indent;
    for word in text.split_whitespace() {
        for (i, piece) in pieces(word, width.saturating_sub(indent))
            .into_iter()
            .enumerate()
        {
            let gap = usize::from(i == 0);
            let length = piece.chars().count();
            if column > indent {
                if column + gap + length > width {
                    let _ = write!(out, "\n{:indent$}", "");
                    column = indent;
                } else {
                    let _ = write!(out, "{:gap$}", "");
                    column += gap;
                }
            }
            out.push_str(piece);
            column += length;
        }
    }
    out.push('\n');
    out
}

/// A path in its parts if it is longer than `room`; any other word, and an address, in one.
fn pieces(word: &str, room: usize) -> Vec<&str> {
    if word.chars().count() <= room || word.contains("://") {
        vec![word]
    } else {
        word.split_inclusive('/').collect()
    }
}

/// Markdown for a terminal, each line behind `indent`: paragraphs and list items are wrapped; what
/// stands between fences, is indented or is a table stays as it is, without the fences.
pub fn prose(indent: &str, text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut head = indent.to_owned();
    let mut verbatim = false;
    let flush = |out: &mut String, head: &str, paragraph: &mut String| {
        if !paragraph.is_empty() {
            *out += &wrap(head, paragraph, width);
            paragraph.clear();
        }
    };
    for line in text.trim_matches('\n').lines() {
        let bare = line.trim();
        let is_fence = bare.starts_with("```");
        let is_in_item = head != indent && !paragraph.is_empty();
        let is_as_it_is = verbatim
            || bare.is_empty()
            || bare.starts_with('|')
            || (line.starts_with("  ") && !is_in_item);
        let mark = mark(bare);
        if is_fence || is_as_it_is || mark > 0 {
            flush(&mut out, &head, &mut paragraph);
            indent.clone_into(&mut head);
        }
        if is_fence {
            verbatim = !verbatim;
        } else if verbatim || (is_as_it_is && mark == 0) {
            out += format!("{indent}{line}").trim_end();
            out.push('\n');
        } else {
            if mark > 0 {
                let deeper = &line[..line.len() - line.trim_start().len()];
                head = format!("{indent}{deeper}{}", &bare[..mark]);
            }
            paragraph += &bare[mark..];
            paragraph.push(' ');
        }
    }
    flush(&mut out, &head, &mut paragraph);
    out
}

/// The length of the mark that begins a list item (`- `, `* `, `1. `); 0 for any other line.
fn mark(line: &str) -> usize {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let is_item = match digits {
        0 => line.starts_with("- ") || line.starts_with("* "),
        _ => line[digits..].starts_with(". "),
    };
    match (is_item, digits) {
        (false, _) => 0,
        (true, 0) => "- ".len(),
        (true, _) => digits + ". ".len(),
    }
}

#[cfg(test)]
mod tests {
    use super::{error, prose, wrap};

    #[test]
    fn a_fenced_block_stays_as_it_is_without_its_fences() {
        assert_eq!(
            prose(
                "  ",
                "one two three\n\n```text\na    b  c d e f g\n\n  - x\n```\nend",
                12
            ),
            "  one two\n  three\n\n  a    b  c d e f g\n\n    - x\n  end\n"
        );
    }

    #[test]
    fn indented_lines_stay_as_they_are() {
        assert_eq!(
            prose("  ", "so:\n\n    let  a = 1;\n    let  b = a + 17;\n", 14),
            "  so:\n\n      let  a = 1;\n      let  b = a + 17;\n"
        );
    }

    #[test]
    fn each_list_item_has_its_own_lines() {
        assert_eq!(
            prose(
                "  ",
                "do:\n- one two\n  three\n2. four\nfive\n\nsix\nseven",
                12
            ),
            "  do:\n  - one two\n    three\n  2. four\n     five\n\n  six seven\n"
        );
    }

    #[test]
    fn a_long_text_continues_below_its_beginning() {
        assert_eq!(
            wrap("why  ", "one two three four", 14),
            "why  one two\n     three\n     four\n"
        );
    }

    #[test]
    fn a_path_longer_than_the_line_is_broken_behind_a_slash() {
        assert_eq!(
            wrap("in  ", "see one/two/three.rs now", 14),
            "in  see one/\n    two/\n    three.rs\n    now\n"
        );
    }

    #[test]
    fn an_error_is_wrapped_line_by_line() {
        assert_eq!(
            error("one two three\n  01-1 four five", 14),
            "one two\n       three\n  01-1 four\n  five\n"
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
