//! The text of a failed test, fitted into the reader's terminal.

use std::fmt::Write;

use anstyle::Style;

use crate::text::{BAD, FAINT, GOOD, NOTE, STRONG, paint, wrap};

/// A failure stands this far to the right of its test's name.
const INDENT: usize = 4;

/// A failure's text, indented, `width` columns wide: prose is wrapped, what must stay aligned stays as
/// it is.
pub fn failure(text: &str, width: usize) -> String {
    let width = width - INDENT;
    let mut out = String::new();
    for line in joined(text) {
        let (head, rest) = line.split_at(hanging(&line));
        let shown = if is_aligned(&line) || line.chars().count() <= width {
            line.clone() + "\n"
        } else {
            wrap(head, rest, width)
        };
        for (i, line) in shown.lines().enumerate() {
            let line = if i == 0 {
                colour(line)
            } else {
                line.to_owned()
            };
            let _ = writeln!(out, "{}", format!("{:INDENT$}{line}", "").trim_end());
        }
    }
    out
}

/// The lines of a verdict, its sentences joined to one line each: they come wrapped for one width.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut in_prose = false;
    for line in text.lines() {
        let goes_on = line.starts_with("          ") && !is_mark(line);
        match lines.last_mut() {
            Some(last) if in_prose && goes_on => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => {
                in_prose = ["it means  ", "so  "]
                    .iter()
                    .any(|label| line.starts_with(label));
                lines.push(line.to_owned());
            }
        }
    }
    lines
}

/// Bytes on the wire and the mark below them.
fn is_aligned(line: &str) -> bool {
    ["sent ", "expected ", "received "]
        .iter()
        .any(|label| line.starts_with(label))
        || is_mark(line)
}

fn is_mark(line: &str) -> bool {
    line.trim_start().starts_with('^')
}

/// Where the text of a line begins, behind its label or its indentation, in bytes.
fn hanging(line: &str) -> usize {
    let start = line.len() - line.trim_start().len();
    let Some(gap) = line[start..].find("  ") else {
        return start;
    };
    let text = line[start + gap..].trim_start();
    if text.is_empty() || gap > 20 {
        start
    } else {
        line.len() - text.len()
    }
}

fn colour(line: &str) -> String {
    if is_mark(line) {
        return paint(NOTE, line);
    }
    for (label, style) in LABELS {
        if let Some(rest) = line
            .strip_prefix(label)
            .filter(|rest| rest.starts_with("  "))
        {
            return paint(*style, label) + rest;
        }
    }
    line.to_owned()
}

const LABELS: &[(&str, Style)] = &[
    ("sent", FAINT),
    ("expected", GOOD),
    ("received", BAD),
    ("it means", STRONG),
    ("so", STRONG),
    ("read", FAINT),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_wrapped_below_its_label() {
        let text = "it means  the loop never comes back to accept";
        assert_eq!(
            anstream::adapter::strip_str(&failure(text, 34)).to_string(),
            "    it means  the loop never comes\n              back to accept\n"
        );
    }

    #[test]
    fn prose_that_comes_wrapped_is_wrapped_anew() {
        let text = "it means  one two three four five\n          six seven\nread      book: a.html";
        let shown = anstream::adapter::strip_str(&failure(text, 34)).to_string();
        assert_eq!(
            shown,
            "    it means  one two three four\n              five six seven\n    read      book: a.html\n"
        );
    }

    #[test]
    fn bytes_and_their_mark_stay_aligned() {
        let text =
            "received  \"a very long line of bytes\"\n                 ^ byte 4: expected 6f";
        let shown = anstream::adapter::strip_str(&failure(text, 24)).to_string();
        let aligned: Vec<_> = shown
            .lines()
            .map(|line| line.strip_prefix("    ").unwrap_or(line))
            .collect();
        assert_eq!(aligned.join("\n"), text);
    }
}
