//! Checks of the book's sources: includes, anchors, pages that nothing leads to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::files;
use crate::include::{self, Part};
use crate::listings;

/// Includes of files and anchors that don't exist, and anchors that no page includes.
pub fn includes() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    for page in files::below(&files::at("book/src"), "md")? {
        for include in include::find(&files::read(&page)?) {
            let place = format!("{}:{}", files::shown(&page), include.line);
            let path = page.parent().unwrap_or(Path::new("")).join(&include.file);
            let (path, part) = match listings::source(&include.file) {
                Some((file, anchor)) => (file, Part::Anchor(anchor)),
                None => (path, include.part),
            };
            let Ok(path) = path.canonicalize() else {
                faults.push(format!(
                    "{place}: there is no file {}",
                    include.file.display()
                ));
                continue;
            };
            let Part::Anchor(anchor) = part else {
                continue;
            };
            if !include::anchors(&files::read(&path)?).contains(&anchor) {
                faults.push(format!(
                    "{place}: {} has no anchor {anchor}",
                    files::shown(&path)
                ));
            }
            used.insert((path, anchor));
        }
    }
    for path in code_with_a_page()? {
        for anchor in include::anchors(&files::read(&path)?) {
            if !used.contains(&(path.canonicalize()?, anchor.clone())) {
                let path = files::shown(&path);
                faults.push(format!("{path}: no page includes the anchor {anchor}"));
            }
        }
    }
    Ok(faults)
}

/// The snippets, and the code of chapters whose page has been written.
fn code_with_a_page() -> Result<Vec<PathBuf>> {
    let mut paths = files::below(&files::at("book/snippets"), "rs")?;
    for path in files::below(&files::at("chapters"), "rs")? {
        let chapter = path
            .strip_prefix(files::at("chapters"))?
            .components()
            .next();
        let page = chapter.map(|name| Path::new("book/src").join(name).with_extension("md"));
        if page.is_some_and(|page| files::at("").join(page).exists()) {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Pages that SUMMARY.md doesn't list, and generated parts and figures that no page includes.
pub fn orphans() -> Result<Vec<String>> {
    let folder = files::at("book/src");
    let summary = files::read(&folder.join("SUMMARY.md"))?;
    let mut included = BTreeSet::new();
    let pages = files::below(&folder, "md")?;
    for page in &pages {
        let base = page.parent().unwrap_or(Path::new(""));
        for include in include::find(&files::read(page)?) {
            included.extend(base.join(include.file).canonicalize());
        }
    }
    let mut faults = Vec::new();
    for path in pages.into_iter().chain(files::below(&folder, "svg")?) {
        let name = path.strip_prefix(&folder)?.display().to_string();
        let listed = name == "SUMMARY.md" || summary.contains(&format!("({name})"));
        if !listed && !included.contains(&path.canonicalize()?) {
            faults.push(format!(
                "{}: neither SUMMARY.md nor a page leads to it",
                files::shown(&path)
            ));
        }
    }
    Ok(faults)
}

/// Pages with code of their own that `book/snippets` doesn't compile.
pub fn untested_snippets() -> Result<Vec<String>> {
    let list = files::read(&files::at("book/snippets/src/lib.rs"))?;
    let mut faults = Vec::new();
    for page in files::below(&files::at("book/src"), "md")? {
        let has_code = files::read(&page)?
            .lines()
            .any(|line| line.trim() == "```rust");
        let name = page.file_name().unwrap_or_default().to_string_lossy();
        if has_code && !list.contains(&format!("\"{name}\"")) {
            let page = files::shown(&page);
            faults.push(format!(
                "{page}: has Rust code, but book/snippets/src/lib.rs doesn't list it"
            ));
        }
    }
    Ok(faults)
}

/// Files of the workbook that a page names and that don't exist: `chapters/01-blocking/src/lib.rs`.
pub fn missing_files() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for page in files::below(&files::at("book/src"), "md")? {
        for (index, line) in files::read(&page)?.lines().enumerate() {
            let missing = named_files(line).filter(|name| !files::at(name).exists());
            faults.extend(missing.map(|name| {
                let page = files::shown(&page);
                format!("{page}:{}: there is no {name}", index + 1)
            }));
        }
    }
    Ok(faults)
}

/// What stands between backquotes and is a path from the top of the workspace.
fn named_files(line: &str) -> impl Iterator<Item = &str> {
    let spans = line.split('`').skip(1).step_by(2);
    spans.filter(|span| {
        let top = span.split('/').next();
        top.is_some_and(|top| ["chapters", "exercises", "solutions", "book"].contains(&top))
            && span.contains('/')
            && !span.contains([' ', '…', '*', '<'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_between_backquotes_is_found() {
        let line = "in `chapters/01-blocking/src/lib.rs`, not `a/b`, `book tools` or chapters/x";
        let found: Vec<_> = named_files(line).collect();
        assert_eq!(found, ["chapters/01-blocking/src/lib.rs"]);
    }
}
