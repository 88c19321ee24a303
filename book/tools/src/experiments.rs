//! The tests in a chapter's `tests/claims.rs` and `tests/claims/`, as a page of the book.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::claims::Chapter;
use crate::files;

/// A test that puts a claim to the test.
#[derive(Debug, PartialEq, Eq)]
pub struct Experiment {
    /// Its function's name.
    pub name: String,
    /// Where it stands.
    pub path: PathBuf,
    /// Its doc comment and its function.
    pub source: String,
}

/// All of a chapter's, in the order of the files.
pub fn of_chapter(chapter: &str) -> Result<Vec<Experiment>> {
    let tests = files::at("chapters").join(chapter).join("tests");
    let mut paths = vec![tests.join("claims.rs")];
    paths.retain(|path| path.exists());
    paths.extend(files::below(&tests.join("claims"), "rs")?);
    let mut found = Vec::new();
    for path in paths {
        found.extend(in_text(&path, &files::read(&path)?));
    }
    Ok(found)
}

/// Whether a chapter has the test `TARGET::module::name`, `module::tests::name` beside its code, or
/// `browser::its name in words` in its `tests/browser.mjs`.
pub fn exists(chapter: &str, test: &str) -> bool {
    let Some((module, name)) = test.rsplit_once("::") else {
        return false;
    };
    let chapter = files::at("chapters").join(chapter);
    if module == "browser" {
        let tests = files::read(&chapter.join("tests/browser.mjs"));
        return tests.is_ok_and(|text| text.contains(&format!("async '{name}'(")));
    }
    let path = module.replace("::", "/");
    let beside = path.strip_suffix("/tests").unwrap_or(&path);
    let places = [
        chapter.join(format!("tests/{path}.rs")),
        chapter.join(format!("tests/{path}/main.rs")),
        chapter.join(format!("src/{path}.rs")),
        chapter.join(format!("src/{beside}.rs")),
    ];
    let function = format!("fn {name}(");
    let has = |place: &PathBuf| files::read(place).is_ok_and(|text| text.contains(&function));
    places.iter().any(has)
}

/// Test functions at the left margin, where rustfmt ends each with a `}` of its own.
fn in_text(path: &Path, text: &str) -> Vec<Experiment> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, _) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| **line == "#[test]")
    {
        let is_doc = |line: &&str| line.starts_with("///");
        let first = at
            - lines[..at]
                .iter()
                .rev()
                .take_while(|line| is_doc(line))
                .count();
        let length = lines[at..].iter().take_while(|line| **line != "}").count();
        let body = &lines[at + 1..(at + length + 1).min(lines.len())];
        let name = body
            .iter()
            .find_map(|line| line.strip_prefix("fn ")?.split_once('('));
        let Some((name, _)) = name else { continue };
        let source = [&lines[first..at], body].concat().join("\n");
        found.push(Experiment {
            name: name.to_owned(),
            path: path.to_owned(),
            source,
        });
    }
    found
}

/// The page's body: each experiment under its own name, in the order of the claims.
pub fn page(chapter: &Chapter, experiments: &[Experiment]) -> String {
    let mut page = String::new();
    let mut topic = "";
    let mut shown: Vec<&str> = Vec::new();
    let named = chapter
        .claims
        .iter()
        .flat_map(|claim| claim.experiments.iter().map(move |name| (claim, name)));
    for (claim, name) in named {
        // A name without a test is a fault that `check` reports.
        let experiment = experiments
            .iter()
            .find(|experiment| experiment.name == *name);
        let Some(experiment) = experiment.filter(|_| !shown.contains(&name.as_str())) else {
            continue;
        };
        shown.push(name);
        if claim.topic != topic {
            topic = &claim.topic;
            let _ = write!(page, "## {topic}\n\n");
        }
        let claims = chapter
            .claims
            .iter()
            .filter(|claim| claim.experiments.contains(name));
        let ids: Vec<String> = claims
            .map(|claim| format!("[{id}](../claims/{}.md#{id})", chapter.name, id = claim.id))
            .collect();
        let _ = write!(
            page,
            "### {} {{#{name}}}\n\n{}, in `{}`\n\n```rust,ignore\n{}\n```\n\n",
            heading(name),
            ids.join(" · "),
            files::shown(&experiment.path),
            experiment.source
        );
    }
    page
}

/// `c100_listen_admits_backlog_plus_one` as a heading: `C100: listen admits backlog plus one`.
fn heading(name: &str) -> String {
    let (id, words) = name.split_once('_').unwrap_or((name, ""));
    format!("{}: {}", id.to_uppercase(), words.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_in_the_browser_is_found_by_all_of_its_name() {
        let found = |name| exists("06-http", &format!("browser::{name}"));
        assert!(found("a form is sent, and shown as it was typed"));
        assert!(!found("a form is sent"));
    }

    #[test]
    fn a_test_is_cut_out_with_its_doc_comment() {
        let text =
            "use x;\n\n/// Why.\n#[test]\nfn c1_so() {\n    if a {\n    }\n}\n\nfn helper() {\n}\n";
        let found = in_text(Path::new("claims.rs"), text);
        let source = "/// Why.\nfn c1_so() {\n    if a {\n    }\n}".to_owned();
        assert_eq!(
            found,
            [Experiment {
                name: "c1_so".into(),
                path: "claims.rs".into(),
                source
            }]
        );
    }
}
