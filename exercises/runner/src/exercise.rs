//! An exercise: what its manifest says of it, its places in the workspace, its names.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Deserialize;

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
}

impl Kind {
    pub fn words(self) -> &'static str {
        match self {
            Self::Write => "write it",
            Self::Find => "find the bug",
            Self::Predict => "predict it",
        }
    }
}

#[derive(Debug)]
pub struct Exercise {
    /// The chapter's folder: `01-blocking`.
    pub chapter: String,
    /// The exercise's own folder: `1-accept-loop`.
    pub folder: String,
    pub package: String,
    pub card: Card,
}

impl Exercise {
    /// `01-1`: how the workbook calls it, and the shortest name that a reader can type.
    pub fn number(&self) -> String {
        let chapter = leading(&self.chapter);
        format!("{chapter:02}-{}", leading(&self.folder))
    }

    /// `01-blocking/1-accept-loop`, below `exercises/` and `solutions/` alike.
    pub fn path(&self) -> PathBuf {
        Path::new(&self.chapter).join(&self.folder)
    }

    /// The one file that the reader edits, below the workspace.
    pub fn file(&self) -> PathBuf {
        Path::new("exercises").join(self.path()).join("src/lib.rs")
    }

    /// The folder of the solution, below the workspace.
    pub fn solution(&self) -> PathBuf {
        Path::new("solutions").join(self.path())
    }

    pub fn is_called(&self, name: &str) -> bool {
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
    chapter == name
        || name
            .parse()
            .is_ok_and(|number: u32| number == leading(chapter))
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
