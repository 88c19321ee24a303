//! The stages of the reader's own server: one crate that grows with the book, judged from outside.
//!
//! A stage is checked, hinted at and counted like an exercise. Its solution is a chapter.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::exercise::{Card, Exercise, Kind};

/// What the reader calls the track, and where an exercise has its chapter.
pub const TRACK: &str = "mine";
/// The reader's crate, and its folder below `exercises/`.
pub const CRATE: &str = "your-server";
/// The reader's crate, below the workspace.
pub const FOLDER: &str = "exercises/your-server";
/// The test target of a chapter that puts its stage to it.
pub const CHAPTERS_TARGET: &str = "mine";
/// The folder of all that belongs to the stages.
const STAGES: &str = "exercises/stages";

/// What a stage has that an exercise hasn't.
#[derive(Debug)]
pub struct Stage {
    /// The files with its tests, from simple to hard, below the workspace.
    suites: Vec<PathBuf>,
}

impl Stage {
    /// The files with its tests, from simple to hard, below the workspace.
    pub fn suites(&self) -> &[PathBuf] {
        &self.suites
    }

    /// The crate's main file as it is handed out, below the workspace.
    pub fn shipped() -> PathBuf {
        Path::new(STAGES).join("shipped.rs")
    }

    /// The folder that declares the wrong answers to the stage with this number, below the workspace.
    pub fn declarations(number: &str) -> PathBuf {
        Path::new(STAGES).join(number)
    }
}

/// The stages in the order of the book; none where there is no such track.
///
/// # Errors
///
/// When what declares them is wrong.
pub fn read(root: &Path) -> Result<Vec<Exercise>> {
    let path = Path::new(STAGES).join("stages.toml");
    if !root.join(&path).exists() {
        return Ok(Vec::new());
    }
    let read = || {
        let text = fs::read_to_string(root.join(&path))?;
        let File { stage } = toml::from_str(&text)?;
        Ok::<_, anyhow::Error>(stage)
    };
    let entries = read().with_context(|| format!("{} can't be read", path.display()))?;
    Ok(entries.into_iter().map(Entry::into_exercise).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    stage: Vec<Entry>,
}

/// `[[stage]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    chapter: String,
    id: String,
    title: String,
    stars: u8,
    minutes: u32,
    section: String,
    suites: Vec<PathBuf>,
    hints: [String; 3],
}

impl Entry {
    fn into_exercise(self) -> Exercise {
        let suites = self.suites.iter();
        let stage = Stage {
            suites: suites
                .map(|file| Path::new("exercises").join(file))
                .collect(),
        };
        Exercise {
            chapter: TRACK.to_owned(),
            folder: self.chapter,
            package: CRATE.to_owned(),
            card: Card {
                id: self.id,
                title: self.title,
                kind: Kind::Build,
                stars: self.stars,
                minutes: self.minutes,
                section: self.section,
                hints: self.hints,
                fails: Vec::new(),
            },
            stage: Some(stage),
        }
    }
}
