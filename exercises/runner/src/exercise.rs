//! An exercise: what its manifest says of it, its places in the workspace, its names.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Deserialize;

use crate::stage::{FOLDER, Stage, TRACK};
use crate::verdict::CALL;

/// What an exercise says of itself in `[package.metadata.workbook]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Progress is keyed by it, so it never changes; folders and titles may.
    pub id: String,
    pub title: String,
    pub kind: Kind,
    pub stars: u8,
    pub minutes: u32,
    /// Where the book explains it: `01-blocking.html#read-the-code`.
    pub section: String,
    pub hints: [String; 3],
    /// The tests that fail as shipped, without the `suite::` before them.
    pub fails: Vec<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Write,
    Find,
    Predict,
    Build,
}

impl Kind {
    pub fn words(self) -> &'static str {
        match self {
            Self::Write => "write it",
            Self::Find => "find the bug",
            Self::Predict => "predict it",
            Self::Build => "build it",
        }
    }
}

#[derive(Debug)]
pub struct Exercise {
    /// The chapter's folder: `01-blocking`. Of a stage, the track.
    pub chapter: String,
    /// The exercise's own folder: `1-accept-loop`. Of a stage, the folder of the chapter that it belongs to.
    pub folder: String,
    pub package: String,
    pub card: Card,
    /// Of a stage of the reader's own server.
    pub stage: Option<Stage>,
}

impl Exercise {
    /// `01-1` or `mine-01`: how the workbook calls it, and the shortest name that a reader can type.
    pub fn number(&self) -> String {
        if self.stage.is_some() {
            return format!("{TRACK}-{:02}", leading(&self.folder));
        }
        let chapter = leading(&self.chapter);
        format!("{chapter:02}-{}", leading(&self.folder))
    }

    /// `01-blocking/1-accept-loop`, below `exercises/` and `solutions/` alike.
    fn path(&self) -> PathBuf {
        Path::new(&self.chapter).join(&self.folder)
    }

    /// The folder of its package, below the workspace.
    pub fn home(&self) -> PathBuf {
        match &self.stage {
            Some(_) => FOLDER.into(),
            None => Path::new("exercises").join(self.path()),
        }
    }

    /// The file that the reader edits, below the workspace; of a stage, the first of them.
    pub fn file(&self) -> PathBuf {
        let file = match &self.stage {
            Some(_) => "src/main.rs",
            None => "src/lib.rs",
        };
        self.home().join(file)
    }

    /// The test target that judges it.
    pub fn target(&self) -> String {
        match &self.stage {
            Some(_) => self.number(),
            None => "check".to_owned(),
        }
    }

    /// The files with its tests, from simple to hard, below the workspace.
    pub fn suites(&self) -> Vec<PathBuf> {
        match &self.stage {
            Some(stage) => stage.suites().to_vec(),
            None => vec![self.home().join("tests/check/suite.rs")],
        }
    }

    /// The folder of the solution, below the workspace: of a stage, its chapter.
    pub fn solution(&self) -> PathBuf {
        match &self.stage {
            Some(_) => Path::new("chapters").join(&self.folder),
            None => Path::new("solutions").join(self.path()),
        }
    }

    /// The folder that declares its wrong answers, below the workspace.
    pub fn declarations(&self) -> PathBuf {
        match &self.stage {
            Some(_) => Stage::declarations(&self.number()),
            None => self.solution(),
        }
    }

    /// Its file as it is handed out, below the workspace.
    pub fn shipped(&self) -> PathBuf {
        match &self.stage {
            Some(_) => Stage::shipped(),
            None => self.solution().join("shipped.rs"),
        }
    }

    /// How to come to its solution, in words for the reader.
    pub fn solution_words(&self) -> String {
        match &self.stage {
            Some(_) => format!(
                "{} does what this stage asks; there is no other solution",
                self.solution().display()
            ),
            None => format!("{} solution {}", *CALL, self.number()),
        }
    }

    pub fn is_called(&self, name: &str) -> bool {
        if self.stage.is_some() {
            let short = format!("{TRACK}-{}", leading(&self.folder));
            return [self.number(), short, self.card.id.clone()].contains(&name.to_lowercase());
        }
        let chapter = leading(&self.chapter);
        let padded = format!("{chapter:02}-{}", self.folder);
        let names = [
            self.number(),
            format!("{chapter}-{}", leading(&self.folder)),
            format!("{chapter}-{}", self.folder),
            padded,
            self.card.id.clone(),
            self.package.clone(),
        ];
        names.iter().any(|known| known == name)
    }

    /// Whether `name` is its number without the dash (`011`, `11`), or a part of its folder's name or
    /// of its id.
    pub fn is_alike(&self, name: &str) -> bool {
        if self.stage.is_some() {
            let digits = name.to_lowercase();
            let digits = digits.strip_prefix(TRACK).unwrap_or_default();
            return digits.parse() == Ok(leading(&self.folder));
        }
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            let dashless = self.number().replace('-', "");
            return dashless == name || dashless.strip_prefix('0') == Some(name);
        }
        let part = name.to_lowercase();
        let is_long_enough = part.chars().count() >= PART;
        is_long_enough && (self.folder.contains(&part) || self.card.id.contains(&part))
    }
}

/// A shorter part of a name is more likely a slip.
const PART: usize = 3;

/// Whether `name` means the chapter in this folder: `1`, `01`, `01-blocking`.
pub fn is_called(chapter: &str, name: &str) -> bool {
    let has_number = chapter.starts_with(|c: char| c.is_ascii_digit());
    let number = name.parse().ok().filter(|_| has_number);
    chapter == name || number == Some(leading(chapter))
}

/// The number a folder's name begins with.
pub fn leading(name: &str) -> u32 {
    let digits = name.split('-').next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

/// The package and the card of an exercise, from its manifest.
///
/// # Errors
///
/// When it can't be read, or says something else.
pub fn read_card(manifest: &Path) -> Result<(String, Card)> {
    #[derive(Deserialize)]
    struct Manifest {
        package: Package,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        workbook: Card,
    }
    let text = fs::read_to_string(manifest)?;
    let Manifest { package } = toml::from_str(&text)?;
    Ok((package.name, package.metadata.workbook))
}
