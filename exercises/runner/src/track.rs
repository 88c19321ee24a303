//! The reader's own server as a whole: begun anew, with the old one kept.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::answer::{Ask, agrees, begin_anew};
use crate::catalog::Catalog;
use crate::progress::{free_name, replace};
use crate::stage::{FOLDER, Stage, TRACK};
use crate::text::show;
use crate::verdict::{CALL, step};

/// Puts the reader's crate back as it was handed out; what was in its `src/` is kept as `kept-1/`. True if
/// that was done.
///
/// # Errors
///
/// When a file can't be read or written; what the reader has written is then still there.
pub fn reset(catalog: &Catalog, ask: Ask) -> Result<bool> {
    let home = catalog.root.join(FOLDER);
    let sources = home.join("src");
    let shipped = catalog.root.join(Stage::shipped());
    let shipped = fs::read_to_string(&shipped)
        .with_context(|| format!("{} can't be read", shipped.display()))?;
    if is_as_shipped(&sources, &shipped) {
        all_anew(catalog)?;
        show("Your server is as it was handed out: nothing to do.\n");
        return Ok(true);
    }
    let question = "Start your server anew, with all its stages? What you have is kept aside.";
    if ask == Ask::First && !agrees(question) {
        show("Nothing was changed.\n");
        return Ok(false);
    }
    let mut out = String::new();
    if sources.exists() {
        let (kept, name) = free_name(&home, |n| format!("kept-{n}"));
        fs::rename(&sources, &kept)
            .with_context(|| format!("your server can't be kept as {}", kept.display()))?;
        out += &step("kept", &format!("your server, as {FOLDER}/{name}/"));
    }
    fs::create_dir_all(&sources)?;
    let main = sources.join("main.rs");
    replace(&main, &shipped).with_context(|| format!("{} can't be written", main.display()))?;
    all_anew(catalog)?;
    out += &step("reset", &format!("{FOLDER}/src/main.rs"));
    out += &step("check", &format!("{} check {TRACK}-01", *CALL));
    show(&out);
    Ok(true)
}

/// Whether there is the one file that was handed out, and nothing else.
fn is_as_shipped(sources: &Path, shipped: &str) -> bool {
    let is_alone = fs::read_dir(sources).is_ok_and(|files| files.count() == 1);
    is_alone && fs::read_to_string(sources.join("main.rs")).is_ok_and(|mine| mine == shipped)
}

fn all_anew(catalog: &Catalog) -> Result<()> {
    catalog
        .stages()
        .try_for_each(|stage| begin_anew(catalog, stage))
}
