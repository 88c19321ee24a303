//! Copies of the workspace below `target/verify`, in which every exercise is as handed out.
//!
//! What a reader has written is never read: `shipped.rs` takes its place. Files are written only
//! where they differ, so that cargo rebuilds only what has changed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::iter;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::catalog::Catalog;
use crate::copy::copy_folder;
use crate::share::share;
use crate::stage::FOLDER;
use crate::text::warn;

/// Files by their place below the root of the workspace.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// While the tests in some trees wait for what must not come, others are built: for each second that
/// a core builds, tests wait two or three.
const TREES: usize = 6;

/// Where the stages are put to the reader's own server.
const OWN_TESTS: &str = "exercises/your-server/tests";

/// Trees that are copied at once.
const COPIERS: usize = 2;

pub struct Scratch {
    /// The workspace at one moment: who goes on editing disturbs no round.
    base: Files,
    folder: PathBuf,
    /// Two at once would lay their files into one tree.
    _lock: File,
}

/// One copy of the workspace, with a target folder of its own.
pub struct Tree<'a> {
    base: &'a Files,
    pub number: usize,
    pub root: PathBuf,
    /// Where cargo builds it; the reader's own build stays as it is.
    pub target: PathBuf,
}

impl Scratch {
    /// Waits until no other `verify` or `break` is using the trees, and reads the workspace.
    ///
    /// # Errors
    ///
    /// When `target/verify` can't be made, or a file can't be read.
    pub fn open(catalog: &Catalog) -> Result<Self> {
        let folder = catalog.root.join("target/verify");
        fs::create_dir_all(&folder)
            .with_context(|| format!("{} can't be made", folder.display()))?;
        let lock = File::create(folder.join("lock"))?;
        if lock.try_lock().is_err() {
            warn("Another verify or break is at work; waiting for its end.");
            lock.lock()?;
        }
        let scratch = Self {
            base: base(catalog)?,
            folder,
            _lock: lock,
        };
        if !scratch.tree(1).target.exists() {
            warn("Building the wrong answers; the first time this takes a minute.");
        }
        Ok(scratch)
    }

    /// The first tree, and as many others as so many rounds can use. Those that are missing begin as
    /// its copies: whatever is built there needn't be built again. `anew` are all of them.
    ///
    /// # Errors
    ///
    /// When a file can't be copied.
    pub fn trees(&self, rounds: usize, anew: bool) -> Result<Vec<Tree<'_>>> {
        let copies = 2..=rounds.min(TREES);
        share(0..COPIERS, copies.clone(), |_, number| {
            let folder = self.folder.join(number.to_string());
            if anew || !folder.exists() {
                copy_folder(&self.folder.join("1"), &folder)?;
            }
            Ok(())
        })?;
        Ok(iter::once(1)
            .chain(copies)
            .map(|number| self.tree(number))
            .collect())
    }

    pub fn tree(&self, number: usize) -> Tree<'_> {
        let folder = self.folder.join(number.to_string());
        Tree {
            base: &self.base,
            number,
            root: folder.join("tree"),
            target: folder.join("build"),
        }
    }
}

impl Tree<'_> {
    /// Brings the tree up to date, with `overlay` laid over it.
    ///
    /// # Errors
    ///
    /// When a file can't be written.
    pub fn lay(&self, overlay: &Files) -> Result<()> {
        let mut files = self.base.clone();
        files.extend(
            overlay
                .iter()
                .map(|(path, text)| (path.clone(), text.clone())),
        );
        for (path, bytes) in &files {
            let to = self.root.join(path);
            if fs::read(&to).is_ok_and(|old| old == *bytes) {
                continue;
            }
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&to, bytes).with_context(|| format!("{} can't be written", to.display()))?;
        }
        remove_others(&self.root, &self.root, &files)
    }
}

/// The members of the workspace, each exercise as handed out.
fn base(catalog: &Catalog) -> Result<Files> {
    let root = &catalog.root;
    let mut files = Files::new();
    for path in ["Cargo.toml", "Cargo.lock"] {
        files.insert(
            path.into(),
            fs::read(root.join(path)).with_context(|| format!("{path} can't be read"))?,
        );
    }
    for folder in member_folders(root)? {
        collect(root, &folder, &mut files)
            .with_context(|| format!("{} can't be read", folder.display()))?;
    }
    // The reader's own server may have grown many files.
    files.retain(|path, _| {
        !path.starts_with(FOLDER) || path.ends_with("Cargo.toml") || path.starts_with(OWN_TESTS)
    });
    for exercise in &catalog.exercises {
        let shipped = exercise.shipped();
        let text = fs::read(root.join(&shipped))
            .with_context(|| format!("{} can't be read", shipped.display()))?;
        files.insert(exercise.file(), text);
    }
    Ok(files)
}
/// The folders that hold the workspace's members: `members`, each up to its first pattern.
fn member_folders(root: &Path) -> Result<Vec<PathBuf>> {
    #[derive(Deserialize)]
    struct Manifest {
        workspace: Workspace,
    }
    #[derive(Deserialize)]
    struct Workspace {
        members: Vec<PathBuf>,
    }
    let manifest: Manifest = toml::from_str(&fs::read_to_string(root.join("Cargo.toml"))?)?;
    let is_plain = |part: &Component| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    let folders = manifest
        .workspace
        .members
        .iter()
        .map(|member| member.components().take_while(is_plain).collect());
    Ok(folders.collect())
}

/// Reads all files below `folder`, but for what cargo and editors leave there.
fn collect(root: &Path, folder: &Path, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name();
        let path = folder.join(&name);
        let is_cargos = name == "target" && root.join(folder).join("Cargo.toml").exists();
        if is_cargos || name.to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        match fs::read(entry.path()) {
            Ok(bytes) => files.insert(path, bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => None, // an editor's file, gone again
            Err(error) => return Err(error),
        };
    }
    Ok(())
}

/// Removes what is in the tree but not among `files`: what was renamed or deleted since.
fn remove_others(tree: &Path, folder: &Path, files: &Files) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(tree, &path, files)?;
            let _ = fs::remove_dir(&path); // succeeds only if nothing is left in it
        } else if path
            .strip_prefix(tree)
            .is_ok_and(|below| !files.contains_key(below))
        {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
