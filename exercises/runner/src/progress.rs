//! `progress.toml`: what the reader has solved and which hints were given, keyed by the exercises'
//! ids.
//!
//! Nothing in it is ever lost: entries of exercises that this checkout does not have stay, as do
//! keys that this version does not know, and a damaged file is put aside, not overwritten.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::exercise::Exercise;
use crate::text::warn;

const NAME: &str = "progress.toml";
const HEADER: &str =
    "# Your progress through the exercises. Without this file, it begins anew.\n\n";

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    #[serde(default)]
    exercises: BTreeMap<String, Entry>,
    #[serde(flatten)]
    unknown: toml::Table,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Entry {
    #[serde(default)]
    pub solved: bool,
    /// The fingerprint of the suite that its answer has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// How many of the three hints were shown.
    #[serde(default)]
    pub hints: usize,
    #[serde(flatten)]
    unknown: toml::Table,
}

impl Progress {
    /// Reads the progress; a damaged file counts as empty and is named on stderr.
    ///
    /// # Errors
    ///
    /// When the file is there and can't be read at all.
    pub fn load(root: &Path) -> Result<Self> {
        match read(root)? {
            Found::Good(progress) => Ok(progress),
            Found::Damaged(why) => {
                warn(&format!(
                    "{NAME} is damaged and counts as empty: {why}\n\
                     Mend it; else the next change puts it aside and starts a new one."
                ));
                Ok(Self::default())
            }
        }
    }

    pub fn entry(&self, id: &str) -> Entry {
        self.exercises.get(id).cloned().unwrap_or_default()
    }

    pub fn is_solved(&self, id: &str) -> bool {
        self.exercises.get(id).is_some_and(|entry| entry.solved)
    }

    /// Counts an exercise as solved, here in memory.
    pub fn solve(&mut self, id: &str) {
        self.exercises.entry(id.to_owned()).or_default().solved = true;
    }

    /// The first exercise that isn't solved.
    pub fn next_unsolved<'a>(&self, catalog: &'a Catalog) -> Option<&'a Exercise> {
        catalog
            .exercises
            .iter()
            .find(|exercise| !self.is_solved(&exercise.card.id))
    }

    /// The stage of the reader's own server that is next, or the last if none is left; none where there is no
    /// such track.
    pub fn stage_at<'a>(&self, catalog: &'a Catalog) -> Option<&'a Exercise> {
        let mut open = catalog.stages();
        let open = open.find(|stage| !self.is_solved(&stage.card.id));
        open.or_else(|| catalog.stages().last())
    }

    /// The next unsolved exercise behind `here`, else the first before it; never `here` itself.
    pub fn next_behind<'a>(&self, catalog: &'a Catalog, here: &Exercise) -> Option<&'a Exercise> {
        let place = catalog
            .exercises
            .iter()
            .position(|other| other.card.id == here.card.id)?;
        let (before, behind) = catalog.exercises.split_at(place);
        behind
            .iter()
            .skip(1)
            .chain(before)
            .find(|exercise| !self.is_solved(&exercise.card.id))
    }

    /// Reads the file anew, changes one entry, and writes it back in one step: another
    /// terminal sees the old file or the new one, never half of one.
    ///
    /// # Errors
    ///
    /// When the file can't be read or written.
    pub fn change(root: &Path, id: &str, change: impl FnOnce(&mut Entry)) -> Result<()> {
        let mut progress = match read(root)? {
            Found::Good(progress) => progress,
            Found::Damaged(why) => {
                let kept = put_aside(root)?;
                warn(&format!(
                    "{NAME} was damaged ({why}): it is kept as {kept}, and a new one begun."
                ));
                Self::default()
            }
        };
        change(progress.exercises.entry(id.to_owned()).or_default());
        let text = HEADER.to_owned()
            + &toml::to_string(&progress).context("the progress can't be put into words")?;
        replace(&root.join(NAME), &text).with_context(|| format!("{NAME} can't be written"))
    }
}

enum Found {
    Good(Progress),
    Damaged(String),
}

fn read(root: &Path) -> Result<Found> {
    let bytes = match fs::read(root.join(NAME)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Found::Good(Progress::default()));
        }
        Err(error) => return Err(error).context(format!("{NAME} can't be read")),
    };
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(Found::Damaged("it is not text".to_owned()));
    };
    Ok(match toml::from_str(&text) {
        Ok(progress) => Found::Good(progress),
        Err(error) => {
            let line = error
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count());
            Found::Damaged(format!("line {line}: {}", error.message()))
        }
    })
}

fn put_aside(root: &Path) -> Result<String> {
    let (path, name) = free_name(root, |n| format!("progress.damaged-{n}.toml"));
    fs::rename(root.join(NAME), &path)
        .with_context(|| format!("{NAME} can't be put aside as {name}"))?;
    Ok(name)
}

/// The first of the numbered names that no file in `folder` has yet.
pub fn free_name(folder: &Path, name: impl Fn(u32) -> String) -> (PathBuf, String) {
    let mut n = 1;
    while folder.join(name(n)).exists() {
        n += 1;
    }
    (folder.join(name(n)), name(n))
}

/// Writes a file beside `path` and renames it into place, which is atomic (rename(2)).
pub fn replace(path: &Path, text: &str) -> Result<()> {
    let draft = path.with_extension(format!("{}.tmp", process::id()));
    let written = File::create(&draft)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
        })
        .and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft); // the error that matters is the first one
    }
    Ok(written?)
}
