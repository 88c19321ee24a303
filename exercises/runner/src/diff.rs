//! What differs between two texts, for a terminal.

use std::fmt::Write;

use diffy::{DiffOptions, Line};

use crate::text::{BAD, FAINT, GOOD, paint};

/// What turns `old` into `new`, with so many lines of both around each place.
pub fn diff(old: &str, new: &str, around: usize) -> String {
    let patch = DiffOptions::new()
        .set_context_len(around)
        .create_patch(old, new);
    let mut out = String::new();
    for (i, hunk) in patch.hunks().iter().enumerate() {
        if i > 0 {
            let _ = writeln!(out, "{}", paint(FAINT, "  …"));
        }
        for line in hunk.lines() {
            let (style, sign, text) = match line {
                Line::Context(text) => (FAINT, ' ', text),
                Line::Delete(text) => (BAD, '-', text),
                Line::Insert(text) => (GOOD, '+', text),
            };
            let line = format!("{sign} {}", text.trim_end_matches('\n'));
            let _ = writeln!(out, "{}", paint(style, line.trim_end()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str, around: usize) -> String {
        anstream::adapter::strip_str(&diff(old, new, around)).to_string()
    }

    #[test]
    fn a_diff_shows_what_to_change_and_all_around_it() {
        assert_eq!(shown("a\nb\nc\n", "a\nB\nc\n", 9), "  a\n- b\n+ B\n  c\n");
    }

    #[test]
    fn a_diff_leaves_out_what_is_far_from_any_change() {
        let (old, new) = ("a\nb\nc\nd\ne\nf\n", "A\nb\nc\nd\ne\nF\n");
        assert_eq!(shown(old, new, 1), "- a\n+ A\n  b\n  …\n  e\n- f\n+ F\n");
    }
}
