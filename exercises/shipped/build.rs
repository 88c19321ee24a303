//! Makes a module of each exercise as it is handed out (`solutions/*/*/shipped.rs`).

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let solutions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../solutions");
    let solutions = solutions.canonicalize()?;
    println!("cargo::rerun-if-changed={}", solutions.display());
    let mut modules = String::new();
    for chapter in folders(&solutions)? {
        for exercise in folders(&chapter)? {
            let file = exercise.join("shipped.rs");
            if file.exists() {
                let name = exercise.strip_prefix(&solutions).unwrap_or(&exercise);
                let name = name.display().to_string().replace(['/', '-'], "_");
                let file = file.display().to_string();
                let _ = writeln!(modules, "#[path = {file:?}]\npub mod ex_{name};");
            }
        }
    }
    let out = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join("modules.rs"), modules)
}

fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries: io::Result<Vec<_>> = fs::read_dir(folder)?.collect();
    let mut paths: Vec<_> = entries?.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.is_dir());
    paths.sort();
    Ok(paths)
}
