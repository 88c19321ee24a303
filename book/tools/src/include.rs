//! What a page takes in from other files: `{{#include FILE}}`, of it a part `:anchor`, or `:3:10`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::files;

/// How deep includes may be nested, as in mdBook.
const DEEPEST: usize = 10;

/// One `{{#include …}}`.
#[derive(Debug, PartialEq, Eq)]
pub struct Include {
    /// Of the page.
    pub line: usize,
    /// As the page names it: relative to the page's folder.
    pub file: PathBuf,
    pub part: Part,
}

/// What of the file is taken.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// From the first to the last, counted from 1.
    Lines(usize, usize),
    /// What lies between `ANCHOR: name` and `ANCHOR_END: name`.
    Anchor(String),
}

impl Include {
    /// The directive between `{{#` and `}}`; None if it is another one.
    fn parse(line: usize, directive: &str) -> Option<Self> {
        let (name, target) = directive.split_once(' ')?;
        if !matches!(name, "include" | "rustdoc_include" | "playground") {
            return None;
        }
        let (file, part) = target.trim().split_once(':').unwrap_or((target.trim(), ""));
        Some(Self {
            line,
            file: file.into(),
            part: Part::parse(part),
        })
    }
}

impl Part {
    fn parse(part: &str) -> Self {
        if part.starts_with(|first: char| first.is_alphabetic() || first == '_') {
            return Self::Anchor(part.to_owned());
        }
        if part.is_empty() {
            return Self::Whole;
        }
        let (first, last) = part.split_once(':').unwrap_or((part, part)); // `:3` is one line
        Self::Lines(
            first.parse().unwrap_or(1),
            last.parse().unwrap_or(usize::MAX),
        )
    }

    /// What `text` has of it.
    pub fn of(&self, text: &str) -> String {
        let is_mark = |line: &&str| line.contains("ANCHOR: ") || line.contains("ANCHOR_END: ");
        let lines: Vec<&str> = match self {
            Self::Whole => return text.to_owned(),
            Self::Lines(first, last) => {
                let lines = text.lines().take(*last);
                lines.skip(first.saturating_sub(1)).collect()
            }
            Self::Anchor(name) => {
                let (begin, end) = (format!("ANCHOR: {name}"), format!("ANCHOR_END: {name}"));
                let within = text.lines().skip_while(|line| !line.ends_with(&begin));
                let within = within.take_while(|line| !line.ends_with(&end));
                within.filter(|line| !is_mark(line)).collect()
            }
        };
        lines.join("\n")
    }
}

/// Every include of a text.
pub fn find(text: &str) -> Vec<Include> {
    let lines = text.lines().enumerate();
    let found = lines.flat_map(|(index, line)| {
        let directives = line.split("{{#").skip(1);
        directives.filter_map(move |piece| Include::parse(index + 1, piece.split("}}").next()?))
    });
    found.collect()
}

/// The text of a file with all that it includes, as mdBook reads it. A file that doesn't exist is
/// left out: that is another check's fault to report.
pub fn expanded(path: &Path) -> Result<String> {
    expanded_text(&files::read(path)?, path)
}

/// `text` with all that it includes, if it were the text of the file at `path`.
pub fn expanded_text(text: &str, path: &Path) -> Result<String> {
    let folder = path.parent().unwrap_or(Path::new(""));
    expand(text, DEEPEST, folder)
}

/// `text`, which lies in `folder`, with what it includes in its place.
fn expand(text: &str, depth: usize, folder: &Path) -> Result<String> {
    let mut pieces = text.split("{{#");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let parsed = piece.split_once("}}");
        let parsed = parsed.and_then(|(is, rest)| Some((Include::parse(0, is)?, rest)));
        let Some((include, rest)) = parsed else {
            out.push_str("{{#");
            out.push_str(piece);
            continue;
        };
        let path = folder.join(&include.file);
        if depth > 0 && path.is_file() {
            let taken = include.part.of(&files::read(&path)?);
            let base = path.parent().unwrap_or(Path::new(""));
            out.push_str(&expand(&taken, depth - 1, base)?);
        }
        out.push_str(rest);
    }
    Ok(out)
}

/// The anchors that a file defines.
pub fn anchors(text: &str) -> BTreeSet<String> {
    let names = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("// ANCHOR: "));
    names.map(|name| name.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_include_is_found_with_its_part() {
        let found =
            find("a\n{{#include ../x.rs:serve}} {{#include y.md}}\n{{#include z.rs:3:9}}\n");
        let include = |line, file: &str, part| Include {
            line,
            file: file.into(),
            part,
        };
        let expected = [
            include(2, "../x.rs", Part::Anchor("serve".to_owned())),
            include(2, "y.md", Part::Whole),
            include(3, "z.rs", Part::Lines(3, 9)),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_part_is_what_lies_between_its_marks_without_other_marks() {
        let text = "a\n// ANCHOR: one\nb\n// ANCHOR: two\nc\n// ANCHOR_END: one\nd\n";
        assert_eq!(Part::parse("one").of(text), "b\nc");
        assert_eq!(Part::parse("3:5").of(text), "b\n// ANCHOR: two\nc");
        assert_eq!(Part::parse("3").of(text), "b");
        assert_eq!(Part::parse("7:").of(text), "d");
        assert_eq!(Part::parse("").of(text), text);
    }

    #[test]
    fn a_page_is_read_with_what_it_includes_and_a_missing_file_is_nothing() {
        let summary = files::at("book/src/SUMMARY.md");
        let folder = summary.parent().unwrap();
        let page = "<{{#include SUMMARY.md:1}}>{{#include no.md}}{{#title x}}";
        assert_eq!(expand(page, 1, folder).unwrap(), "<# Summary>{{#title x}}");
        assert_eq!(expand(page, 0, folder).unwrap(), "<>{{#title x}}");
    }

    #[test]
    fn an_anchor_is_found_at_any_indent() {
        let names = anchors("// ANCHOR: one\n    // ANCHOR: two\n// ANCHOR_END: one\n");
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["one", "two"]);
    }
}
