//! What stands in `book/src/generated/`: never edited by hand, and checked to be current.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::recording::Recording;
use crate::script::{self, Script};
use crate::{claims, exercises, experiments, files, listings, steps, timeline, times};

/// Where it stands.
const FOLDER: &str = "book/src/generated";

/// Every generated file with its text.
pub fn all() -> Result<BTreeMap<PathBuf, String>> {
    let folder = files::at(FOLDER);
    let mut pages = BTreeMap::new();
    for name in script::names()? {
        if !Recording::exists(&name) {
            continue; // a fault that `check` reports
        }
        let title = Script::load(&name)?.title;
        let html = timeline::html(&name, &title, &Recording::load(&name)?)?;
        pages.insert(folder.join(format!("timelines/{name}.md")), html);
    }
    let chapters = claims::chapters()?;
    pages.insert(
        folder.join("claims/every-claim.md"),
        claims::index(&chapters),
    );
    for chapter in chapters {
        let name = format!("{}.md", chapter.name);
        let tests = experiments::of_chapter(&chapter.name)?;
        pages.insert(folder.join("claims").join(&name), claims::page(&chapter));
        pages.insert(
            folder.join("experiments").join(&name),
            experiments::page(&chapter, &tests),
        );
    }
    for chapter in exercises::chapters()? {
        let path = folder.join(format!("exercises/{chapter}.md"));
        pages.insert(path, exercises::page(&chapter)?);
    }
    for name in steps::names()? {
        pages.insert(folder.join(format!("steps/{name}.md")), steps::page(&name)?);
    }
    for (name, text) in steps::ladder::pages()? {
        pages.insert(folder.join(format!("steps/{name}.md")), text);
    }
    for (name, text) in listings::all()? {
        pages.insert(folder.join("listings").join(name), text);
    }
    for (name, text) in times::texts()? {
        pages.insert(folder.join(times::FOLDER).join(name), text);
    }
    Ok(pages)
}

/// Files of an earlier run that nothing generates any more.
pub fn leftovers(pages: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>> {
    let folders: BTreeSet<_> = pages.keys().filter_map(|page| page.parent()).collect();
    let mut found = Vec::new();
    for folder in folders {
        found.extend(files::below(folder, "md")?);
    }
    found.retain(|path| !pages.contains_key(path));
    Ok(found)
}

/// Writes them, and removes what nothing generates any more.
pub fn write() -> Result<()> {
    let pages = all()?;
    for old in leftovers(&pages)? {
        fs::remove_file(old)?;
    }
    for (path, text) in &pages {
        files::write(path, text)?;
    }
    // Times count what else is generated, so they are right only now.
    for (name, text) in times::texts()? {
        files::write(&files::at(FOLDER).join(times::FOLDER).join(name), &text)?;
    }
    Ok(())
}
