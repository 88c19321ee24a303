//! Everything that must hold of the book and that mdBook lets pass. One line a fault.

mod built;
mod contract;
mod facts;
mod foreign;
mod links;
mod quotes;
mod reading;
mod sections;
mod sources;
mod targets;
mod telltales;

use anyhow::{Result, bail};

use self::links::Pages;
use crate::recording::Recording;
use crate::{claims, experiments, files, generate, script};

/// Runs every check that needs nothing but the book's sources, and fails if one of them found a fault.
pub fn run() -> Result<()> {
    let pages = Pages::read()?;
    let mut faults = sources::includes()?;
    faults.extend(sources::orphans()?);
    faults.extend(sources::untested_snippets()?);
    faults.extend(sources::missing_files()?);
    faults.extend(reading::unaddressed_listings()?);
    faults.extend(reading::long_pages()?);
    faults.extend(reading::untranslatable()?);
    faults.extend(telltales::found()?);
    faults.extend(quotes::misquoted()?);
    faults.extend(claims_and_tests()?);
    faults.extend(facts::drifted()?);
    faults.extend(contract::unguarded()?);
    faults.extend(generated_is_current()?);
    faults.extend(targets::untested()?);
    faults.extend(pages.dead_links());
    faults.extend(links::dead_links_elsewhere()?);
    faults.extend(sections::missing(&pages)?);
    faults.extend(foreign::resources(&pages)?);
    report(&faults)
}

/// Builds the book with this `mdbook`, and fails if the outcome has a fault.
pub fn build(mdbook: &str) -> Result<()> {
    report(&built::faults(mdbook)?)
}

fn report(faults: &[String]) -> Result<()> {
    for fault in faults {
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
