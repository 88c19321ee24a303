//! Mutants: a chapter without something that one of its tests guards.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::Problems;
use crate::edit::{self, Edit};
use crate::entries;

/// The name of the file, in the chapter's folder.
const FILE: &str = "mutants.toml";

/// `[[mutant]]` in `chapters/NN-…/mutants.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(rename = "name")]
    _name: String,
    takes_out: String,
    caught_by: String,
    #[serde(rename = "in")]
    file: PathBuf,
    find: Option<String>,
    replace: Option<String>,
    #[serde(default)]
    edit: Vec<Edit>,
}

/// A chapter with the guarding line taken out.
#[derive(Debug)]
pub struct Mutant {
    /// How it is called.
    pub name: String,
    /// What is taken out.
    pub takes_out: String,
    /// The test target that must fail (`echo`; `lib` for tests inside the library) …
    pub target: String,
    /// … and the test in it.
    pub test: String,
    /// The file that differs, below the root of the workspace.
    pub file: PathBuf,
    /// That file as it is …
    pub original: String,
    /// … and with the guarding line taken out.
    pub text: String,
}

/// The mutants of a chapter's folder (`01-blocking`), in the order of the file. What is wrong is
/// noted, and left out.
pub fn mutants(root: &Path, chapter: &str, problems: &mut Problems) -> Vec<Mutant> {
    let folder = Path::new("chapters").join(chapter);
    let path = folder.join(FILE);
    let mut mutants = Vec::new();
    for (name, entry) in entries::read::<Entry>(root, &path, "mutant", problems) {
        match mutant(root, &folder, &name, entry) {
            Ok(mutant) => mutants.push(mutant),
            Err(found) => {
                for what in found {
                    problems.note(&path, &name, what);
                }
            }
        }
    }
    mutants
}

fn mutant(root: &Path, folder: &Path, name: &str, entry: Entry) -> Result<Mutant, Vec<String>> {
    let mut problems = Vec::new();
    let caught_by = entry
        .caught_by
        .split_once("::")
        .filter(|(target, test)| !target.is_empty() && !test.is_empty());
    if caught_by.is_none() {
        problems.push(format!(
            "caught_by = \"{}\" names no test of a target; write it like echo::a_line_comes_back",
            entry.caught_by
        ));
    }
    let changed = edit::collect(entry.find, entry.replace, entry.edit)
        .map_err(|problem| vec![problem])
        .and_then(|edits| {
            let original = original(root, folder, &entry.file).map_err(|problem| vec![problem])?;
            let text = edit::apply(&entry.file.display().to_string(), &original, &edits)?;
            Ok((original, text))
        });
    match (caught_by, changed) {
        (Some((target, test)), Ok((original, mutated))) => Ok(Mutant {
            name: name.to_owned(),
            takes_out: entry.takes_out,
            target: target.to_owned(),
            test: test.to_owned(),
            file: folder.join(entry.file),
            original,
            text: mutated,
        }),
        (_, changed) => {
            problems.extend(changed.err().unwrap_or_default());
            Err(problems)
        }
    }
}

/// The text of a file of the chapter.
fn original(root: &Path, folder: &Path, file: &Path) -> Result<String, String> {
    let is_inside = file
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !is_inside {
        return Err(format!(
            "in = \"{}\" is no file of the chapter; write it like src/lib.rs",
            file.display()
        ));
    }
    fs::read_to_string(root.join(folder).join(file)).map_err(|error| {
        format!(
            "in = \"{}\" can't be read: {error}; name a file of the chapter, like src/lib.rs",
            file.display()
        )
    })
}

/// The chapters' folders that declare mutants.
///
/// # Errors
///
/// When `chapters/` can't be read.
pub fn chapters_with_mutants(root: &Path) -> io::Result<Vec<String>> {
    let mut chapters = Vec::new();
    for entry in fs::read_dir(root.join("chapters"))? {
        let entry = entry?;
        if entry.path().join(FILE).is_file() {
            chapters.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    chapters.sort();
    Ok(chapters)
}
