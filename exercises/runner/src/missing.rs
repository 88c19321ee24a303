//! Exercises whose file is gone: without it, cargo builds nothing in the whole workspace.

use std::fs;

use anyhow::{Context, Result};

use crate::catalog::Catalog;
use crate::text::warn;

/// Puts the files of exercises that are missing back, as they were handed out, and says so.
///
/// # Errors
///
/// When one can't be written.
pub fn restore(catalog: &Catalog) -> Result<()> {
    for exercise in &catalog.exercises {
        let name = exercise.file();
        let file = catalog.root.join(&name);
        if file.exists() {
            continue;
        }
        let restored = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::copy(catalog.root.join(exercise.shipped()), &file));
        let name = name.display();
        restored.with_context(|| format!("{name} is missing, and can't be put back"))?;
        warn(&format!(
            "{name} was missing; it is there again, as it was handed out"
        ));
    }
    Ok(())
}
