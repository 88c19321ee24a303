//! The exercises in order, and which of them a reader's word means: the folders give the numbers,
//! the manifests the rest.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::exercise::{Exercise, is_called, leading, read_card};
use crate::stage::{self, CRATE, FOLDER, TRACK};
use crate::unknown::Unknown;

/// The workspace: its root folder and its exercises, in order.
#[derive(Debug)]
pub struct Catalog {
    pub root: PathBuf,
    pub exercises: Vec<Exercise>,
}

impl Catalog {
    /// Finds the workspace above the current folder, or above the package that cargo runs.
    ///
    /// # Errors
    ///
    /// When there is none, or a manifest of an exercise is wrong.
    pub fn find() -> Result<Self> {
        let here = env::current_dir().context("the current folder is gone; go to another")?;
        let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = [Some(here), package]
            .into_iter()
            .flatten()
            .find_map(|start| {
                start
                    .ancestors()
                    .find(|folder| is_root(folder))
                    .map(Path::to_owned)
            })
            .context(
                "this is not the workbook: go to its folder, the one with `exercises/` in it",
            )?;
        Self::read(root)
    }

    fn read(root: PathBuf) -> Result<Self> {
        let mut exercises = Vec::new();
        for chapter in numbered(&root.join("exercises"))? {
            for folder in numbered(&root.join("exercises").join(&chapter))? {
                let manifest = Path::new("exercises")
                    .join(&chapter)
                    .join(&folder)
                    .join("Cargo.toml");
                if !root.join(&manifest).exists() {
                    continue; // what a rename left behind: files that git does not know
                }
                let (package, card) = read_card(&root.join(&manifest)).with_context(|| {
                    format!("{} is not the manifest of an exercise", manifest.display())
                })?;
                exercises.push(Exercise {
                    chapter: chapter.clone(),
                    folder,
                    package,
                    card,
                    stage: None,
                });
            }
        }
        exercises.extend(stage::read(&root)?);
        let catalog = Self { root, exercises };
        catalog.refuse_twins()?;
        Ok(catalog)
    }

    /// Two exercises with one id would share their progress.
    fn refuse_twins(&self) -> Result<()> {
        for (i, exercise) in self.exercises.iter().enumerate() {
            let id = &exercise.card.id;
            if let Some(twin) = self.exercises[..i]
                .iter()
                .find(|other| other.card.id == *id)
            {
                bail!(
                    "{} and {} have the same id `{id}`: give the newer one another",
                    twin.number(),
                    exercise.number()
                );
            }
        }
        Ok(())
    }

    /// The exercise that a reader's word means: a number, a name, an id, a path, or a part of a name
    /// that no other has.
    ///
    /// # Errors
    ///
    /// When it means none; the error lists what would have been right.
    pub fn get(&self, name: &str) -> Result<&Exercise> {
        if let Some(exercise) = self
            .exercises
            .iter()
            .find(|exercise| exercise.is_called(name))
        {
            return Ok(exercise);
        }
        if let Some(exercise) = self.by_path(name).filter(|_| !name.is_empty()) {
            return Ok(exercise);
        }
        let all = || self.exercises.iter().collect();
        let chapter = self.chapter(name);
        let (problem, offer) = if name.is_empty() {
            ("say which exercise; above are all".to_owned(), all())
        } else if self.is_track(name) {
            let problem = format!("`{name}` is your own server; above are its stages");
            (problem, self.chapter(TRACK))
        } else if !chapter.is_empty() {
            (
                format!("`{name}` is a chapter; above are its exercises"),
                chapter,
            )
        } else {
            match self.alike(name).as_slice() {
                [exercise] => return Ok(exercise),
                [] => match self.chapter(name.split('-').next().unwrap_or_default()) {
                    chapter if chapter.is_empty() => (
                        format!("there is no exercise `{name}`; above are all"),
                        all(),
                    ),
                    chapter if chapter[0].stage.is_some() => (
                        format!("your server has no stage `{name}`; above are all"),
                        chapter,
                    ),
                    chapter => (
                        format!("there is no exercise `{name}`; above are those of its chapter"),
                        chapter,
                    ),
                },
                several => (
                    format!("`{name}` may be one of several; above are those that are alike"),
                    several.to_vec(),
                ),
            }
        };
        let mut list = String::new();
        for exercise in offer {
            let _ = writeln!(list, "  {:7} {}", exercise.number(), exercise.card.id);
        }
        let reason = format!("{problem}, by number and by name");
        Err(Unknown { list, reason }.into())
    }

    /// The exercises of the chapter that `name` means (`2`, `02`, `epoll-lt`, `02-epoll-lt`); all of
    /// them without a name.
    ///
    /// # Errors
    ///
    /// When it means none; the error lists the chapters.
    pub fn chosen(&self, name: Option<&str>) -> Result<Vec<&Exercise>> {
        let Some(name) = name else {
            return Ok(self.exercises.iter().collect());
        };
        let is_meant = |exercise: &&Exercise| {
            if exercise.stage.is_some() && self.is_track(name) {
                return true;
            }
            let named = exercise.chapter.split_once('-').map(|(_, named)| named);
            is_called(&exercise.chapter, name) || named == Some(name)
        };
        let found: Vec<_> = self.exercises.iter().filter(is_meant).collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let mut chapters: Vec<_> = self.exercises.iter().map(|one| &one.chapter).collect();
        chapters.dedup();
        let list = chapters.iter().fold(String::new(), |mut list, chapter| {
            let _ = writeln!(list, "  {chapter}");
            list
        });
        let reason = if self.exercises.iter().any(|one| one.is_called(name)) {
            format!("`{name}` is one exercise, and this takes a chapter; above are all")
        } else {
            format!("there is no chapter `{name}` with exercises; above are all")
        };
        Err(Unknown { list, reason }.into())
    }

    /// Whether `name` means the reader's own server as a whole: the track, its crate, or a path in it.
    pub fn is_track(&self, name: &str) -> bool {
        let is_named = [TRACK, CRATE].contains(&name);
        let has_track = self.exercises.iter().any(|one| one.stage.is_some());
        has_track
            && (is_named
                || self
                    .below(name)
                    .is_some_and(|path| path.starts_with(FOLDER)))
    }

    /// The stages of the reader's own server.
    pub fn stages(&self) -> impl Iterator<Item = &Exercise> {
        self.exercises.iter().filter(|one| one.stage.is_some())
    }

    /// The exercises of the chapter that `name` means; none if it means no chapter.
    fn chapter(&self, name: &str) -> Vec<&Exercise> {
        let exercises = self.exercises.iter();
        exercises
            .filter(|exercise| is_called(&exercise.chapter, name))
            .collect()
    }

    /// The exercises that `name` may mean: its digits without the dash, or a part of their names.
    fn alike(&self, name: &str) -> Vec<&Exercise> {
        let exercises = self.exercises.iter();
        exercises
            .filter(|exercise| exercise.is_alike(name))
            .collect()
    }

    fn by_path(&self, name: &str) -> Option<&Exercise> {
        let below = self.below(name)?;
        let mut exercises = self.exercises.iter().filter(|one| one.stage.is_none());
        exercises.find(|exercise| below.starts_with(exercise.home()))
    }

    /// What a path leads to, below the workspace; none if it leads nowhere, or elsewhere.
    fn below(&self, name: &str) -> Option<PathBuf> {
        // From the reader's folder, or from the root: `just` runs everything there.
        let path = fs::canonicalize(name)
            .or_else(|_| fs::canonicalize(self.root.join(name)))
            .ok()?;
        let root = fs::canonicalize(&self.root).ok()?;
        path.strip_prefix(root).map(Path::to_owned).ok()
    }
}

fn is_root(folder: &Path) -> bool {
    folder.join("exercises").is_dir()
        && fs::read_to_string(folder.join("Cargo.toml"))
            .is_ok_and(|manifest| manifest.contains("[workspace]"))
}

/// The folders in `parent` whose names begin with a number, in the order of those numbers.
fn numbered(parent: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in
        fs::read_dir(parent).with_context(|| format!("{} can't be read", parent.display()))?
    {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(|c: char| c.is_ascii_digit()) && entry.path().is_dir() {
            names.push(name);
        }
    }
    names.sort_by_key(|name| (leading(name), name.clone()));
    Ok(names)
}
