//! Wrong answers: what readers give, and a test of the exercise must catch.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::Problems;
use crate::edit::{self, Edit};
use crate::entries;

/// The name of the file, in the solution's folder.
const FILE: &str = "wrong.toml";
/// The folder of those that are files of their own, beside it.
const FOLDER: &str = "wrong";

/// `[[answer]]` in `solutions/NN-…/K-…/wrong.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(rename = "name")]
    _name: String,
    wrong: String,
    caught_by: String,
    says: Vec<String>,
    of: Option<Of>,
    #[serde(rename = "in")]
    chapters_file: Option<PathBuf>,
    file: Option<PathBuf>,
    find: Option<String>,
    replace: Option<String>,
    #[serde(default)]
    edit: Vec<Edit>,
}

/// What the edits are made to.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    #[default]
    Solution,
    Shipped,
}

impl Of {
    /// The file, in the solution's folder.
    fn file(self) -> &'static str {
        match self {
            Self::Solution => "src/lib.rs",
            Self::Shipped => "shipped.rs",
        }
    }
}

/// An answer that readers give.
#[derive(Debug)]
pub struct WrongAnswer {
    /// How it is called.
    pub name: String,
    /// What is wrong with it.
    pub wrong: String,
    /// The test that must fail.
    pub caught_by: String,
    /// What its failure must say; each on a line of its own.
    pub says: Vec<String>,
    /// The whole answer.
    pub text: String,
    /// What it was made of; none if it is a file of its own.
    pub original: Option<Original>,
    /// The chapter's file whose place it takes, below the root of the workspace; none if it takes that of the
    /// reader's file.
    pub chapters_file: Option<PathBuf>,
    /// The file that declares it, or is it, below the root of the workspace.
    pub declared_in: PathBuf,
}

/// The file that an answer's edits are made to.
#[derive(Debug)]
pub struct Original {
    /// Its place, below the root of the workspace.
    pub file: PathBuf,
    /// What it holds.
    pub text: String,
}

/// The wrong answers in a solution's folder (below `root`), in the order of the file. What is wrong
/// is noted, and left out.
pub fn wrong_answers(root: &Path, solution: &Path, problems: &mut Problems) -> Vec<WrongAnswer> {
    let path = solution.join(FILE);
    let mut answers = Vec::new();
    let mut whole = BTreeSet::new();
    for (name, entry) in entries::read::<Entry>(root, &path, "answer", problems) {
        whole.extend(entry.file.as_ref().map(|file| solution.join(file)));
        match answer(root, solution, &name, entry) {
            Ok(answer) => answers.push(answer),
            Err(found) => {
                for what in found {
                    problems.note(&path, &name, what);
                }
            }
        }
    }
    for file in files(root, &solution.join(FOLDER)) {
        if !whole.contains(&file) {
            problems.note_file(
                &file,
                format!("no entry of {FILE} has it as its `file`; write one, or remove it"),
            );
        }
    }
    answers
}

fn answer(
    root: &Path,
    solution: &Path,
    name: &str,
    entry: Entry,
) -> Result<WrongAnswer, Vec<String>> {
    let mut problems = Vec::new();
    if entry.says.is_empty() || entry.says.iter().any(|words| words.trim().is_empty()) {
        problems.push(
            "`says` is empty; give words that the reader must see, a list of them".to_owned(),
        );
    }
    let made = edit::collect(entry.find, entry.replace, entry.edit)
        .map_err(|problem| vec![problem])
        .and_then(|edits| match &entry.chapters_file {
            Some(file) if entry.of.is_none() && entry.file.is_none() => of_chapter(root, file, &edits),
            Some(_) => Err(vec![
                "`in` names a chapter's file, so it has neither `of` nor `file`; remove the one or the other"
                    .to_owned(),
            ]),
            None => make(root, solution, entry.of, entry.file.as_deref(), &edits),
        });
    match made {
        Ok((text, original)) if problems.is_empty() => Ok(WrongAnswer {
            name: name.to_owned(),
            wrong: entry.wrong,
            caught_by: entry.caught_by,
            says: entry.says,
            text,
            original,
            chapters_file: entry.chapters_file,
            declared_in: solution.join(entry.file.unwrap_or_else(|| FILE.into())),
        }),
        made => {
            problems.extend(made.err().unwrap_or_default());
            Err(problems)
        }
    }
}

/// The text of a chapter's file with some edits, and without them.
fn of_chapter(
    root: &Path,
    file: &Path,
    edits: &[Edit],
) -> Result<(String, Option<Original>), Vec<String>> {
    let is_plain = |part: Component| matches!(part, Component::Normal(_));
    if !file.starts_with("chapters") || !file.components().all(is_plain) {
        return Err(vec![format!(
            "in = \"{}\" is no file of a chapter; write it like chapters/03-epoll-et/src/lib.rs",
            file.display()
        )]);
    }
    let text = fs::read_to_string(root.join(file))
        .map_err(|error| vec![format!("{} can't be read: {error}", file.display())])?;
    let made = edit::apply(&file.display().to_string(), &text, edits)?;
    let file = file.to_owned();
    Ok((made, Some(Original { file, text })))
}

/// The answer's text, and what it was made of.
fn make(
    root: &Path,
    solution: &Path,
    of: Option<Of>,
    file: Option<&Path>,
    edits: &[Edit],
) -> Result<(String, Option<Original>), Vec<String>> {
    let read = |path: &Path| {
        fs::read_to_string(root.join(path))
            .map_err(|error| vec![format!("{} can't be read: {error}", path.display())])
    };
    let Some(file) = file else {
        let name = of.unwrap_or_default().file();
        let file = solution.join(name);
        let original = read(&file)?;
        let text = edit::apply(name, &original, edits)?;
        let original = Original {
            file,
            text: original,
        };
        return Ok((text, Some(original)));
    };
    if of.is_some() || !edits.is_empty() {
        return Err(vec![
            "a whole `file` has neither `of` nor edits; remove the one or the other".to_owned(),
        ]);
    }
    if file.parent() != Some(Path::new(FOLDER)) {
        return Err(vec![format!(
            "file = \"{}\" must be a file in {FOLDER}/; move it there",
            file.display()
        )]);
    }
    Ok((read(&solution.join(file))?, None))
}

/// The files in a folder, below `root`; none where there is no such folder.
fn files(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
    let mut files: Vec<_> = entries
        .flatten()
        .map(|entry| folder.join(entry.file_name()))
        .collect();
    files.sort();
    files
}
