//! Targets whose manifest says `test = false`: a test in one would never run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::files;

/// What we need of a package's manifest.
#[derive(Deserialize)]
struct Manifest {
    lib: Option<Target>,
    #[serde(default)]
    bin: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    path: Option<String>,
    #[serde(default = "yes")]
    test: bool,
}

fn yes() -> bool {
    true
}

/// The files of such targets that have tests.
pub fn untested() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for folder in ["chapters", "book", "solutions"] {
        for manifest in files::below(&files::at(folder), "toml")? {
            if manifest.ends_with("Cargo.toml") {
                faults.extend(untested_of(&manifest)?);
            }
        }
    }
    Ok(faults)
}

fn untested_of(path: &Path) -> Result<Vec<String>> {
    let manifest: Manifest = toml::from_str(&files::read(path)?)
        .with_context(|| format!("{} can't be read", files::shown(path)))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut sources = Vec::new();
    for bin in manifest.bin.iter().filter(|bin| !bin.test) {
        sources.extend(bin.path.iter().map(|path| folder.join(path)));
    }
    if manifest.lib.is_some_and(|lib| !lib.test) {
        let all = files::below(&folder.join("src"), "rs")?;
        let of_lib = |path: &&PathBuf| {
            !path.ends_with("src/main.rs") && !path.starts_with(folder.join("src/bin"))
        };
        sources.extend(all.iter().filter(of_lib).cloned());
    }
    let mut faults = Vec::new();
    for source in sources {
        if files::read(&source)?.contains("#[test]") {
            let (source, path) = (files::shown(&source), files::shown(path));
            faults.push(format!(
                "{source}: its tests don't run: {path} says test = false"
            ));
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::*;

    #[test]
    fn a_test_that_would_not_run_is_found() {
        let folder = env::temp_dir().join(format!("workbook-targets-{}", process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        let manifest = folder.join("Cargo.toml");
        let bin = "[[bin]]\nname = \"x\"\npath = \"src/main.rs\"\n";
        fs::write(folder.join("src/lib.rs"), "#[test]\nfn x() {}\n").unwrap();
        fs::write(folder.join("src/main.rs"), "fn main() {}\n").unwrap();
        for (text, count) in [
            (format!("[lib]\ntest = false\n{bin}"), 1),
            (format!("[lib]\n{bin}test = false\n"), 0),
            (bin.to_owned(), 0),
        ] {
            fs::write(&manifest, &text).unwrap();
            assert_eq!(untested_of(&manifest).unwrap().len(), count, "{text}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
