//! The program that is recorded: a chapter's server, or a mutant of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use declared::{Problems, mutants};

use crate::files;

/// Builds a chapter's server and says where it is.
pub fn build(chapter: &str, mutant: Option<&str>) -> Result<PathBuf> {
    let package = format!("ch{chapter}");
    let here = std::env::current_exe()?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "-q", "-p", &package]);
    let program = match mutant {
        None => here.with_file_name(&package),
        Some(mutant) => {
            // A build of its own: it must not take the real server's place.
            let build = here.ancestors().nth(2).context("no target folder")?;
            let build = build.join("traces-build");
            cargo.current_dir(lay_out(chapter, mutant)?);
            cargo.env("CARGO_TARGET_DIR", &build);
            build.join("debug").join(&package)
        }
    };
    ensure!(cargo.status()?.success(), "{package} does not build");
    Ok(program)
}

/// The options that have a directory served, with a file of so many bytes in it.
pub fn root(name: &str, file: Option<usize>) -> Result<Vec<PathBuf>> {
    let Some(length) = file else {
        return Ok(Vec::new());
    };
    let root = files::at("target/traces").join(name);
    fs::create_dir_all(&root)?;
    fs::write(root.join("file.bin"), vec![b'x'; length])?;
    Ok(vec!["--root".into(), root])
}

/// Copies what the chapters need to `target/traces/mutant`, and applies the mutant there.
fn lay_out(chapter: &str, mutant: &str) -> Result<PathBuf> {
    let tree = files::at("target/traces/mutant");
    let mut manifest: toml::Table = toml::from_str(&files::read(&files::at("Cargo.toml"))?)?;
    let workspace = manifest.get_mut("workspace").and_then(|w| w.as_table_mut());
    let workspace = workspace.context("Cargo.toml has no workspace")?;
    let members = ["chapters/*", "exercises/harness"].map(toml::Value::from);
    workspace.insert("members".into(), members.to_vec().into());
    workspace.remove("default-members");
    files::write(&tree.join("Cargo.toml"), &toml::to_string(&manifest)?)?;
    let lock = files::read(&files::at("Cargo.lock"))?;
    files::write(&tree.join("Cargo.lock"), &lock)?;
    for folder in ["chapters", "exercises/harness"] {
        for extension in ["rs", "toml"] {
            for path in files::below(&files::at(folder), extension)? {
                let to = tree.join(files::shown(&path));
                update(&to, &files::read(&path)?)?;
            }
        }
    }
    let mut problems = Problems::default();
    let mutants = mutants(&files::at(""), chapter, &mut problems);
    problems.into_result()?;
    let flaw = mutants.into_iter().find(|one| one.name == mutant);
    let flaw = flaw.with_context(|| format!("chapter {chapter} has no mutant {mutant}"))?;
    update(&tree.join(flaw.file), &flaw.text)?;
    Ok(tree)
}

/// Writes a file where it differs, so that cargo rebuilds only what has changed.
fn update(path: &Path, text: &str) -> Result<()> {
    if files::read(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    files::write(path, text)
}
