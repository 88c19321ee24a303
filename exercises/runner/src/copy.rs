//! Copies a tree and the libraries that cargo has built in it, so that none is built again in the
//! copy. What rustc keeps for the next build (`incremental`) holds for its own folder only.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};

/// Makes `to` a copy of the folder `from`; what was at `to` is gone.
///
/// # Errors
///
/// When a file can't be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    let unfinished = to.with_extension("new"); // whoever is interrupted leaves no half of a copy
    for old in [&unfinished, to] {
        if old.exists() {
            fs::remove_dir_all(old)
                .with_context(|| format!("{} can't be removed", old.display()))?;
        }
    }
    copy(from, &unfinished)?;
    fs::rename(&unfinished, to)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} can't be made", to.display()))?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        let about = entry.metadata()?;
        if about.is_dir() {
            if entry.file_name() != "incremental" {
                copy(&path, &to)?;
            }
        } else if about.permissions().mode() & 0o111 == 0 || !is_where_programs_are(&path) {
            fs::copy(&path, &to).with_context(|| format!("{} can't be written", to.display()))?;
            // By the time of a change cargo sees what is newer than what was built from it.
            File::open(&to)?.set_modified(about.modified()?)?;
        }
    }
    Ok(())
}

/// A chapter's tests know their server by its path, which would be that of the tree it was built in:
/// so cargo has to link such programs anew. Proc macros (`.so`) and build scripts (elsewhere) stay.
fn is_where_programs_are(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
    path.extension().is_none() && (folder == "deps" || folder == "debug")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::{Duration, SystemTime};

    use super::*;

    /// A folder of the test's own that is empty.
    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("workbook-copy-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder); // there is none at first
        fs::create_dir_all(&folder).expect("it can be made");
        folder
    }

    fn write(folder: &Path, file: &str, mode: u32) {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
        fs::write(&path, file).expect("it can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    #[test]
    fn libraries_and_build_scripts_are_copied_but_no_program_that_knows_its_place() {
        let at = folder("kinds");
        let from = at.join("from");
        let copied = [
            "deps/libserde.rlib",
            "deps/libserde_derive.so",
            "build/libc-1/build-script-build",
        ];
        let left = ["deps/server-1f", "ch06-http", "incremental/ch06/s-1"];
        for file in copied.iter().chain(&left) {
            write(&from.join("debug"), file, 0o755);
        }
        copy_folder(&from, &at.join("to")).expect("it can be copied");
        let to = at.join("to/debug");
        assert!(copied.iter().all(|file| to.join(file).is_file()));
        assert!(!left.iter().any(|file| to.join(file).exists()));
        fs::remove_dir_all(at).expect("it is ours");
    }

    #[test]
    fn a_copy_is_as_old_as_its_original_and_holds_nothing_else() {
        let at = folder("times");
        let (from, to) = (at.join("from"), at.join("to"));
        write(&from, "Cargo.toml", 0o444);
        write(&to, "of an older copy", 0o644);
        write(&at.join("to.new"), "half of a copy", 0o644);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let original = File::open(from.join("Cargo.toml")).expect("it is there");
        original.set_modified(time).expect("it is ours");
        copy_folder(&from, &to).expect("it can be copied");
        let about = fs::metadata(to.join("Cargo.toml")).expect("it is copied");
        assert_eq!(about.modified().expect("it has a time"), time);
        let names: Vec<_> = fs::read_dir(&to)
            .expect("it is there")
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        assert_eq!(names, ["Cargo.toml"]);
        fs::remove_dir_all(at).expect("it is ours");
    }
}
