//! What the authors declare: wrong answers and mutants, and who must catch them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use diffy::Patch;

use crate::exercise::Exercise;

/// `solutions/…/wrong/NAME.rs`: an answer that readers give, and that must be caught.
///
/// ```text
/// //! Wrong: serves the first client and returns.
/// //! Caught by: every_client_is_served
/// //! Says: the server has ended
/// ```
#[derive(Debug)]
pub struct WrongAnswer {
    pub name: String,
    /// What is wrong with it.
    pub wrong: String,
    /// The test that must fail.
    pub caught_by: String,
    /// What its failure must say; each on a line of its own.
    pub says: Vec<String>,
    pub text: String,
}

/// `chapters/NN-…/mutants/NAME.patch`: takes a guarding line out of a chapter.
///
/// ```text
/// Takes out: the answer to a line that is too long.
/// Caught by: echo::one_client::a_long_line_is_refused
///
/// --- a/chapters/01-blocking/src/line_echo.rs
/// +++ b/chapters/01-blocking/src/line_echo.rs
/// ```
#[derive(Debug)]
pub struct Mutant {
    pub name: String,
    /// The test target that must fail (`echo`; `lib` for tests inside the library) …
    pub target: String,
    /// … and the test in it.
    pub test: String,
    /// The file it changes, below the root of the workspace.
    pub file: PathBuf,
    /// That file with the guarding line taken out.
    pub text: String,
}

/// The wrong answers to an exercise, by name.
///
/// # Errors
///
/// When one can't be read, or doesn't say who catches it.
pub fn wrong_answers(root: &Path, exercise: &Exercise) -> Result<Vec<WrongAnswer>> {
    let folder = exercise.solution().join("wrong");
    let mut answers = Vec::new();
    for (name, path) in files(root, &folder, "rs")? {
        let text = fs::read_to_string(root.join(&path))?;
        let answer = wrong_answer(name, text).with_context(|| format!("{}", path.display()))?;
        answers.push(answer);
    }
    Ok(answers)
}

fn wrong_answer(name: String, text: String) -> Result<WrongAnswer> {
    let header: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//! "))
        .collect();
    let says = values(&header, "Says");
    ensure!(!says.is_empty(), "`//! Says: …` is missing at its top");
    Ok(WrongAnswer {
        name,
        wrong: value(&header, "Wrong").context("`//! Wrong: …` is missing at its top")?,
        caught_by: value(&header, "Caught by")
            .context("`//! Caught by: …` is missing at its top")?,
        says,
        text,
    })
}

/// The mutants of a chapter's folder (`01-blocking`), by name, applied.
///
/// # Errors
///
/// When one can't be read, or no longer applies; the error says how to refresh it.
pub fn mutants(root: &Path, chapter: &str) -> Result<Vec<Mutant>> {
    let folder = Path::new("chapters").join(chapter).join("mutants");
    let mut mutants = Vec::new();
    for (name, path) in files(root, &folder, "patch")? {
        let text = fs::read_to_string(root.join(&path))?;
        let mutant = mutant(root, name, &text).with_context(|| format!("{}", path.display()))?;
        ensure!(
            mutant.file.starts_with(Path::new("chapters").join(chapter)),
            "{} changes another chapter",
            path.display()
        );
        mutants.push(mutant);
    }
    Ok(mutants)
}

fn mutant(root: &Path, name: String, source: &str) -> Result<Mutant> {
    let header: Vec<&str> = source
        .lines()
        .take_while(|line| !line.starts_with("--- "))
        .collect();
    value(&header, "Takes out").context("`Takes out: …` is missing at its top")?;
    let caught_by =
        value(&header, "Caught by").context("`Caught by: TARGET::TEST` is missing at its top")?;
    let (target, test) = caught_by
        .split_once("::")
        .context("`Caught by:` needs TARGET::TEST, like echo::a_line_comes_back")?;

    if source
        .lines()
        .filter(|line| line.starts_with("+++ "))
        .count()
        > 1
    {
        bail!("it changes more than one file: a mutant takes out one thing");
    }
    let patch = Patch::from_str(source).context("it is no patch in git's format")?;
    let changed = patch
        .modified()
        .context("it doesn't name the file that it changes")?;
    let file = PathBuf::from(changed.split_once('/').map_or(changed, |(_, path)| path)); // without git's b/
    let original = fs::read_to_string(root.join(&file))
        .with_context(|| format!("{} can't be read", file.display()))?;
    let mutated = diffy::apply(&original, &patch).ok().with_context(|| {
        let file = file.display();
        format!(
            "it no longer applies to {file}.\n\
             Refresh it: make its change by hand, replace all below its header with the output of\n  \
             git diff -- {file}\n\
             and take the change back."
        )
    })?;
    Ok(Mutant {
        name,
        target: target.to_owned(),
        test: test.to_owned(),
        file,
        text: mutated,
    })
}

/// The chapters' folders that have mutants.
///
/// # Errors
///
/// When `chapters/` can't be read.
pub fn chapters_with_mutants(root: &Path) -> Result<Vec<String>> {
    let mut chapters = Vec::new();
    let Ok(entries) = fs::read_dir(root.join("chapters")) else {
        return Ok(chapters);
    };
    for entry in entries {
        let entry = entry?;
        if entry.path().join("mutants").is_dir() {
            chapters.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    chapters.sort();
    Ok(chapters)
}

/// The files with this extension in a folder, by name; none where the folder is missing.
fn files(root: &Path, folder: &Path, extension: &str) -> Result<Vec<(String, PathBuf)>> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = folder.join(entry?.file_name());
        if path.extension().is_some_and(|found| found == extension) {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            found.push((name, path));
        }
    }
    found.sort();
    Ok(found)
}

fn value(header: &[&str], key: &str) -> Option<String> {
    values(header, key).into_iter().next()
}

/// The values of all lines `KEY: VALUE`.
fn values(header: &[&str], key: &str) -> Vec<String> {
    let value = |line: &&str| {
        line.strip_prefix(key)?
            .strip_prefix(": ")
            .map(|value| value.trim().to_owned())
    };
    header.iter().filter_map(value).collect()
}
