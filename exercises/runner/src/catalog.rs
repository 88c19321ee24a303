//! The exercises, read from their manifests: the folders give numbers and order,
//! `[package.metadata.workbook]` gives the rest.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
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

    fn is_called(&self, name: &str) -> bool {
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
    fn is_alike(&self, name: &str) -> bool {
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
fn leading(name: &str) -> u32 {
    let digits = name.split('-').next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

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
                });
            }
        }
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
            ("say which exercise; these are there".to_owned(), all())
        } else if !chapter.is_empty() {
            (
                format!("`{name}` is a chapter; these are its exercises"),
                chapter,
            )
        } else {
            match self.alike(name).as_slice() {
                [exercise] => return Ok(exercise),
                [] => match self.chapter(name.split('-').next().unwrap_or_default()) {
                    chapter if chapter.is_empty() => (
                        format!("there is no exercise `{name}`; these are there"),
                        all(),
                    ),
                    chapter => (
                        format!("there is no exercise `{name}`; its chapter has these"),
                        chapter,
                    ),
                },
                several => (
                    format!("`{name}` may be one of several; these are alike"),
                    several.to_vec(),
                ),
            }
        };
        let mut list = String::new();
        for exercise in offer {
            let _ = write!(list, "\n  {:6} {}", exercise.number(), exercise.card.id);
        }
        bail!("{problem}, by number and by name:{list}");
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
        // From the reader's folder, or from the root: `just` runs everything there.
        let path = fs::canonicalize(name)
            .or_else(|_| fs::canonicalize(self.root.join(name)))
            .ok()?;
        let root = fs::canonicalize(&self.root).ok()?;
        let below = path.strip_prefix(root).ok()?;
        self.exercises
            .iter()
            .find(|exercise| below.starts_with(Path::new("exercises").join(exercise.path())))
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

fn read_card(manifest: &Path) -> Result<(String, Card)> {
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
