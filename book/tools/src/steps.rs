//! The steps: what changes in the code from one chapter to the next, for `src/steps/01-02.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::files;

mod changes;
pub mod ladder;

use changes::{Change, Part};

/// Where the pages stand that introduce a step; each gets the diff of its two chapters.
const PAGES: &str = "book/src/steps";

/// New files with more lines than this together are listed, not shown: the chapter shows them.
const SHOWN: usize = 600;

/// The names of all steps from one chapter to the next that have a page, `01-02`.
pub fn names() -> Result<Vec<String>> {
    let pages = files::below(&files::at(PAGES), "md")?;
    let names = pages.iter().map(|page| files::stem(page));
    Ok(names.filter(|name| !ladder::has(name)).collect())
}

/// The diff of the step `01-02`, as HTML that its page includes.
pub fn page(name: &str) -> Result<String> {
    let (from, to) = name
        .split_once('-')
        .with_context(|| format!("{PAGES}/{name}.md: a step's name is like 01-02"))?;
    let (from, to) = (chapter(from)?, chapter(to)?);
    let (old, new) = (sources(&from)?, sources(&to)?);
    let unknown: usize = new
        .iter()
        .filter(|(file, _)| !old.contains_key(*file))
        .map(|(_, text)| text.lines().count())
        .sum();

    let mut page = String::new();
    let mut listed = String::new();
    for (file, text) in in_reading_order(&new) {
        let before = old.get(file).map_or("", String::as_str);
        match changes::between(before, text) {
            Change::Same => {}
            Change::Parts(parts) => page.push_str(&shown(file, &note("changed", &parts), &parts)),
            Change::Anew if unknown > SHOWN => {
                listed.push_str(&row(&to, file, text.lines().count())?);
            }
            Change::Anew => {
                let parts = [
                    Part::Left(before.lines().count()),
                    Part::Added(text.lines().collect()),
                ];
                page.push_str(&shown(file, &note("new", &parts), &parts));
            }
        }
    }
    if !listed.is_empty() {
        page.push_str("| new | lines | what it is |\n| --- | ---: | --- |\n");
        page.push_str(&listed);
        page.push('\n');
    }
    let gone: Vec<String> = old
        .keys()
        .filter(|file| !new.contains_key(*file))
        .map(|file| format!("`{file}`"))
        .collect();
    if !gone.is_empty() {
        let _ = writeln!(page, "Not in this folder any more: {}.", gone.join(", "));
    }
    Ok(page)
}

/// First the library, last the program's options.
fn in_reading_order(sources: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    let mut files: Vec<(&str, &str)> = sources
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect();
    files.sort_by_key(|(file, _)| match *file {
        "lib.rs" => 0,
        "main.rs" => 2,
        _ => 1,
    });
    files
}

/// The folder of the chapter with this number.
fn chapter(number: &str) -> Result<PathBuf> {
    let folder = files::at("chapters");
    let mut found = std::fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.split('-').next() == Some(number));
    let name = found.next();
    ensure!(found.next().is_none(), "two chapters have number {number}");
    let name = name.with_context(|| format!("{PAGES}: there is no chapter {number}"))?;
    Ok(folder.join(name))
}

/// The chapter's `src/*.rs` by name, as far as they are [`taught`]; tests are not.
fn sources(chapter: &Path) -> Result<BTreeMap<String, String>> {
    let folder = chapter.join("src");
    let mut sources = BTreeMap::new();
    for path in files::below(&folder, "rs")? {
        let name = path.strip_prefix(&folder)?.display().to_string();
        if name.ends_with("tests.rs") {
            continue;
        }
        let text = files::read(&path)?;
        let lines: Vec<&str> = taught(&text).collect();
        let mut text = lines.join("\n");
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n"); // what is left out leaves no gap
        }
        sources.insert(name, text.trim_start().to_owned());
    }
    Ok(sources)
}

/// The lines without what the book's pages say already (module docs), what the compiler says
/// (imports), and what only the book needs (anchors).
fn taught(text: &str) -> impl Iterator<Item = &str> {
    let mut in_import = false;
    text.lines().filter(move |line| {
        in_import |= line.starts_with("use ");
        let imports = in_import;
        in_import &= !line.ends_with(';');
        let line = line.trim_start();
        !imports && !line.starts_with("//!") && !line.starts_with("// ANCHOR")
    })
}

/// A row of the table of files that aren't shown, with the first sentence of each.
fn row(chapter: &Path, file: &str, lines: usize) -> Result<String> {
    let text = files::read(&chapter.join("src").join(file))?;
    let docs = text.lines().take_while(|line| line.starts_with("//!"));
    let docs: Vec<&str> = docs.map(|line| line[3..].trim()).collect();
    let docs = docs.join(" ");
    let sentence = docs
        .split_once(". ")
        .map_or(docs.as_str(), |(first, _)| first);
    let sentence = sentence.trim().trim_end_matches('.').replace('|', "\\|");
    // A link in the docs leads nowhere here.
    let sentence = sentence.replace("[`", "`").replace("`]", "`");
    Ok(format!("| `{file}` | {lines} | {sentence} |\n"))
}

/// How many lines of one file come and go.
fn note(state: &str, parts: &[Part]) -> String {
    let count = |lines: fn(&Part) -> usize| parts.iter().map(lines).sum::<usize>();
    let added = count(|part| match part {
        Part::Added(lines) => lines.len(),
        _ => 0,
    });
    let removed = count(|part| match part {
        Part::Removed(lines) => lines.len(),
        Part::Left(count) => *count,
        _ => 0,
    });
    format!("{state}: +{added} −{removed}")
}

/// One file's changes, folded open.
fn shown(file: &str, note: &str, parts: &[Part]) -> String {
    let mut html = format!(
        "<details class=\"step\" open><summary><code>{file}</code> <span>{note}</span></summary>\n<pre class=\"diff\">"
    );
    for part in parts {
        match part {
            Part::Kept(lines) => push(&mut html, "kept", ' ', lines),
            Part::Removed(lines) => push(&mut html, "removed", '−', lines),
            Part::Added(lines) => push(&mut html, "added", '+', lines),
            Part::Left(0) => {}
            Part::Left(count) => {
                let _ = write!(
                    html,
                    "<span class=\"removed skipped\">− all {count} lines of the former {file}</span>"
                );
            }
            Part::Skipped(count) => {
                let _ = write!(
                    html,
                    "<span class=\"skipped\">⋯ {count} lines as before</span>"
                );
            }
        }
    }
    html.push_str("</pre>\n</details>\n\n");
    html
}

fn push(html: &mut String, class: &str, sign: char, lines: &[&str]) {
    for line in lines {
        let note = if line.trim_start().starts_with("//") {
            " note"
        } else {
            ""
        };
        let text = line.replace('&', "&amp;").replace('<', "&lt;");
        let _ = write!(html, "<span class=\"{class}{note}\">{sign} {text}\n</span>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_docs_imports_and_anchors_are_left_out() {
        let text =
            "//! Docs.\nuse a::{\n    b,\n};\nuse c;\npub use d;\n// ANCHOR: run\nfn run() {}\n";
        let lines: Vec<&str> = taught(text).collect();
        assert_eq!(lines, ["pub use d;", "fn run() {}"]);
    }

    #[test]
    fn a_line_of_code_stays_text_in_html() {
        let mut html = String::new();
        push(&mut html, "added", '+', &["let a: Vec<&str>;", "// why"]);
        let expected = "<span class=\"added\">+ let a: Vec&lt;&amp;str>;\n</span>\
                        <span class=\"added note\">+ // why\n</span>";
        assert_eq!(html, expected);
    }
}
