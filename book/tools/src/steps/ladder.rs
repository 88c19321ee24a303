//! A ladder: the single files `examples/step1_….rs` … of a chapter, each as changes of the one
//! before, for `src/steps/05-ladder.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use diffy::{DiffOptions, Line};

use super::changes::{self, Change, Part};
use super::{shown, taught};
use crate::files;

/// One file of a ladder.
struct Step {
    file: String,
    /// What its module docs begin with, after `step 1:`.
    idea: String,
    text: String,
}

/// Every ladder's parts by name: `05-ladder`, a table of its steps, `05-1`, the first of them, and
/// `05-1-2` …, the changes.
pub fn pages() -> Result<BTreeMap<String, String>> {
    let mut pages = BTreeMap::new();
    for entry in std::fs::read_dir(files::at("chapters"))? {
        let folder = entry?.path();
        let steps = steps(&folder.join("examples"))?;
        if steps.is_empty() {
            continue;
        }
        let name = files::stem(&folder);
        let number = name.split('-').next().unwrap_or_default();
        let ladder = table(&steps) + &library(&folder.join("src"))?;
        pages.insert(format!("{number}-ladder"), ladder);
        pages.insert(format!("{number}-1"), whole(&steps[0]));
        for (old, pair) in (1..).zip(steps.windows(2)) {
            pages.insert(format!("{number}-{old}-{}", old + 1), diff(pair));
        }
    }
    Ok(pages)
}

/// Whether a page is one of a ladder's: `05-ladder` or `05-1-2`.
pub fn has(page: &str) -> bool {
    page.ends_with("-ladder") || page.split('-').count() == 3
}

/// The files in order; each has the next number.
fn steps(examples: &Path) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for path in files::below(examples, "rs")? {
        let stem = files::stem(&path);
        if !stem.starts_with("step") {
            continue;
        }
        let number = steps.len() + 1;
        let text = files::read(&path)?;
        let first = text.lines().next().unwrap_or_default();
        let idea = first.split_once(&format!("step {number}: "));
        let idea = idea.with_context(|| {
            format!(
                "{}: its first line has to say `step {number}: …`",
                files::shown(&path)
            )
        })?;
        ensure!(
            stem.starts_with(&format!("step{number}_")),
            "{}: step {number} is missing",
            files::shown(examples)
        );
        steps.push(Step {
            file: format!("{stem}.rs"),
            idea: idea.1.trim_end_matches('.').to_owned(),
            text,
        });
    }
    Ok(steps)
}

/// How long each file is, and how it changes.
fn table(steps: &[Step]) -> String {
    let mut table = String::from(
        "| step | the idea | lines | added | removed |\n| ---: | --- | ---: | ---: | ---: |\n",
    );
    let mut before = String::new();
    for (number, step) in (1..).zip(steps) {
        let code = code(&step.text);
        let (added, removed) = count(&before, &code);
        let _ = writeln!(
            table,
            "| {number} | {} | {} | {added} | {removed} |",
            step.idea,
            code.lines().count(),
        );
        before = code;
    }
    table
}

/// The library that a ladder leads to, beside the last step: what each word of it costs.
fn library(src: &Path) -> Result<String> {
    let (mut all, mut fast, mut limits, mut more) = (0, 0, 0, 0);
    for path in files::below(src, "rs")? {
        let name = path.strip_prefix(src)?.display().to_string();
        if name.ends_with("tests.rs") || name == "main.rs" {
            continue;
        }
        let text = files::read(&path)?;
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code(text).lines().count();
        all += lines;
        match name.as_str() {
            name if name.starts_with("fast") => fast += lines,
            "limits.rs" => limits += lines,
            "connector.rs" | "watch.rs" => more += lines,
            _ => {}
        }
    }
    Ok(format!(
        "| | the library: in rooms, hardened and made fast | {all} | | |\n\
         | | – of these, `fast.rs` and `fast/` | {fast} | | |\n\
         | | – `limits.rs` | {limits} | | |\n\
         | | – `connector.rs` and `watch.rs` | {more} | | |\n"
    ))
}

/// One file, folded open, without what only the book needs (anchors).
fn whole(step: &Step) -> String {
    let lines = step.text.lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("// ANCHOR"));
    let text: String = lines.flat_map(|line| [line, "\n"]).collect();
    format!(
        "<details class=\"step\" open><summary><code>{}</code></summary>\n\n```rust,ignore\n{text}```\n\n</details>\n",
        step.file
    )
}

/// The changes from one file to the next.
fn diff(pair: &[Step]) -> String {
    let (old, new) = (&pair[0], &pair[1]);
    let (added, removed) = count(&code(&old.text), &code(&new.text));
    let note = format!("+{added} −{removed}");
    let (old, text) = (without_docs(&old.text), without_docs(&new.text));
    match changes::between(&old, &text) {
        Change::Same => String::new(),
        Change::Parts(parts) => shown(&new.file, &note, &parts),
        Change::Anew => shown(&new.file, &note, &[Part::Added(text.lines().collect())]),
    }
}

fn without_docs(text: &str) -> String {
    let lines: Vec<&str> = taught(text).collect();
    lines.join("\n").trim_start().to_owned()
}

/// The lines that are code: neither empty nor a comment.
fn code(text: &str) -> String {
    let lines = text.lines().filter(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with("//")
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// How many lines come and go.
fn count(old: &str, new: &str) -> (usize, usize) {
    let patch = DiffOptions::new().create_patch(old, new);
    let lines = patch.hunks().iter().flat_map(diffy::Hunk::lines);
    lines.fold((0, 0), |(added, removed), line| match line {
        Line::Insert(_) => (added + 1, removed),
        Line::Delete(_) => (added, removed + 1),
        Line::Context(_) => (added, removed),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_counted() {
        let old = code("//! Docs.\n\nfn run() {\n    // why\n    one();\n}\n");
        let new = code("fn run() {\n    two(); // why\n    three();\n}\n");
        assert_eq!(old.lines().count(), 3);
        assert_eq!(count(&old, &new), (2, 1));
    }

    #[test]
    fn each_step_changes_little() {
        let steps = steps(&files::at("chapters/05-reactor/examples")).unwrap();
        assert_eq!(steps.len(), 8);
        let mut before = String::new();
        for step in steps {
            let code = code(&step.text);
            let (added, removed) = count(&before, &code);
            assert!(added <= 200, "{}: {added} lines added", step.file);
            assert!(removed <= 40, "{}: {removed} lines removed", step.file);
            assert!(code.lines().count() <= 600, "{}", step.file);
            before = code;
        }
    }
}
