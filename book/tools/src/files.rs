//! Where the book's parts lie, and reading them with errors that name the file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// `path` below the top of the workspace.
pub fn at(path: &str) -> PathBuf {
    // Two levels up from book/tools.
    let top = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("this package lies two folders deep");
    top.join(path)
}

/// `path` as it stands below the top of the workspace, for messages.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(at(""))
        .unwrap_or(path)
        .display()
        .to_string()
}

/// The whole text of a file.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("can't read {}", shown(path)))
}

/// Writes a file, and its folder if need be.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("can't make {}", shown(folder)))?;
    }
    fs::write(path, text).with_context(|| format!("can't write {}", shown(path)))
}

/// Every file below `folder` whose name ends in `.extension`, sorted. No folder, no files.
pub fn below(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder).with_context(|| format!("can't list {}", shown(folder)))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(below(&path, extension)?);
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// A file's name without folder and extension.
pub fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
