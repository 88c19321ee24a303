//! Listings: pieces of the chapters' code as a page shows them, each under the name of its file.
//!
//! A page includes `generated/listings/01-blocking/src/lib.rs/listen.md`: the anchor `listen` of
//! `chapters/01-blocking/src/lib.rs`. Left out are the lines that only trace, and the attributes
//! that only concern the compiler's speed and lints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::files;
use crate::include::{self, Part};

/// Where a page finds them, seen from `book/src`.
const PREFIX: &str = "generated/listings/";

/// Attributes that say nothing of what the code does.
const ATTRIBUTES: [&str; 6] = [
    "#[inline",
    "#[cold]",
    "#[expect(",
    "#[allow(",
    "#[must_use",
    "#[track_caller]",
];

/// What begins a statement that only traces.
const TRACING: [&str; 3] = ["trace!(", "trace::", "tracing::trace!("];

/// The file and the anchor that the include of a page means, if it is one of a listing.
pub fn source(include: &Path) -> Option<(PathBuf, String)> {
    let text = include.to_str()?;
    let (_, name) = text.split_once(PREFIX)?;
    let (file, anchor) = name.strip_suffix(".md")?.rsplit_once('/')?;
    Some((files::at("chapters").join(file), anchor.to_owned()))
}

/// Every listing that a page includes, by its path below `listings/`. What doesn't exist is left
/// out: the check of includes names it.
pub fn all() -> Result<BTreeMap<PathBuf, String>> {
    let mut listings = BTreeMap::new();
    for page in files::below(&files::at("book/src"), "md")? {
        for include in include::find(&files::read(&page)?) {
            let Some((path, anchor)) = source(&include.file) else {
                continue;
            };
            let Ok(text) = files::read(&path) else {
                continue;
            };
            if !include::anchors(&text).contains(&anchor) {
                continue;
            }
            let name = path
                .strip_prefix(files::at("chapters"))?
                .join(anchor.clone() + ".md");
            let code = shown(&Part::Anchor(anchor).of(&text));
            listings.insert(name, page_of(&files::shown(&path), &code));
        }
    }
    Ok(listings)
}

fn page_of(path: &str, code: &str) -> String {
    format!("<p class=\"listing\">{path}</p>\n\n```rust,ignore\n{code}\n```\n")
}

/// The code without what only traces or only speaks to the compiler, moved to the left margin.
fn shown(code: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut open = 0; // brackets that are still open in what is being left out
    let mut within: Option<usize> = None; // a block that only traces, by its indentation
    for line in code.lines() {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if let Some(block) = within {
            if text == "}" && indent == block {
                within = None;
            }
        } else if open > 0 {
            open += balance(text);
        } else if text.starts_with("if enabled!(") {
            within = Some(indent);
        } else if TRACING
            .iter()
            .chain(&ATTRIBUTES)
            .any(|start| text.starts_with(start))
        {
            open = balance(text);
        } else if !text.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    let lines: Vec<&str> = (0..lines.len())
        .filter(|&at| !was_for_a_trace(&lines, at))
        .map(|at| lines[at])
        .collect();
    let indent = lines.iter().filter(|line| !line.trim().is_empty());
    let indent = indent.map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    let lines = lines.iter().map(|line| line.get(indent..).unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// How many more brackets a line opens than it closes.
fn balance(text: &str) -> i32 {
    text.chars().fold(0, |open, c| match c {
        '(' | '[' | '{' => open + 1,
        ')' | ']' | '}' => open - 1,
        _ => open,
    })
}

/// Whether a line only names what a trace has shown: `let fd = stream.as_raw_fd();`.
fn was_for_a_trace(lines: &[&str], at: usize) -> bool {
    let text = lines[at].trim();
    let Some((names, _)) = text
        .strip_prefix("let ")
        .and_then(|rest| rest.split_once(" = "))
    else {
        return false;
    };
    let others = || {
        lines
            .iter()
            .enumerate()
            .filter(move |&(other, _)| other != at)
    };
    let is_used = |name: &str| {
        let is_name = |word: &str| {
            let rest = word.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let ends = |c: char| !c.is_alphanumeric() && c != '_' && c != '.';
        others().any(|(_, line)| line.split(ends).any(is_name))
    };
    let mut names = names.trim_matches(['(', ')']).split(", ");
    let named_for_it =
        text.ends_with(';') && (text.contains("as_raw_fd()") || text.starts_with("let (data, of)"));
    named_for_it && names.next().is_some_and(|name| !is_used(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_traces_is_left_out_and_the_rest_is_at_the_margin() {
        let code = "    #[inline(always)]\n    fn read() {\n        trace!(fd, \"read\");\n        trace!(\n            fd,\n            \
                    \"more\"\n        );\n        if enabled!(Level::TRACE) {\n            x();\n        }\n        answer(trace);\n    }";
        assert_eq!(shown(code), "fn read() {\n    answer(trace);\n}");
        let code = "match it {\n    a => {\n        let fd = it.as_raw_fd();\n        trace!(fd, \"a\")\n    }\n    b => c(),\n}";
        assert_eq!(
            shown(code),
            "match it {\n    a => {\n    }\n    b => c(),\n}"
        );
    }

    #[test]
    fn an_include_names_a_file_and_its_anchor() {
        let (path, anchor) =
            source(Path::new("../generated/listings/01-a/src/lib.rs/listen.md")).unwrap();
        assert_eq!(files::shown(&path), "chapters/01-a/src/lib.rs");
        assert_eq!(anchor, "listen");
        assert_eq!(source(Path::new("generated/exercises/01-a.md")), None);
    }
}
