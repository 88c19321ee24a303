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
    let mut lines = Vec::new();
    let mut until: Option<&str> = None; // how what is being left out ends
    for line in code.lines() {
        let text = line.trim();
        if let Some(end) = until {
            if text.ends_with(end) {
                until = None;
            }
            continue;
        }
        let left_out = if TRACING.iter().any(|start| text.starts_with(start)) {
            Some(";")
        } else if ATTRIBUTES.iter().any(|start| text.starts_with(start)) {
            Some("]")
        } else {
            None
        };
        match left_out {
            Some(end) if text.ends_with(end) => {}
            Some(end) => until = Some(end),
            None if text.is_empty() && lines.last().is_none_or(|last: &&str| last.is_empty()) => {}
            None => lines.push(line),
        }
    }
    let indent = lines.iter().filter(|line| !line.trim().is_empty());
    let indent = indent.map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    let lines = lines.iter().map(|line| line.get(indent..).unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_traces_is_left_out_and_the_rest_is_at_the_margin() {
        let code = "    #[inline(always)]\n    fn read() {\n        trace!(fd, \"read\");\n        trace!(\n            fd,\n            \
                    \"more\"\n        );\n        answer(trace);\n    }";
        assert_eq!(shown(code), "fn read() {\n    answer(trace);\n}");
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
