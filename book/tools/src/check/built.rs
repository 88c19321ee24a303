//! The built book, beside what was read of its pages: a check of mdBook, and of the other checks.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::foreign;
use super::links::Pages;
use crate::files;

/// Where `mdbook build` puts the pages (`build-dir` in book.toml).
const BUILT: &str = "target/book";

/// Has `mdbook` build the book, and names what is wrong with that.
pub fn faults(mdbook: &str) -> Result<Vec<String>> {
    let mut faults = build(mdbook)?;
    faults.extend(missing_ids(&Pages::read()?));
    faults.extend(foreign_resources()?);
    Ok(faults)
}

/// mdBook prints a warning and exits with 0 where a page is broken.
fn build(mdbook: &str) -> Result<Vec<String>> {
    let output = Command::new(mdbook)
        .arg("build")
        .arg(files::at("book"))
        .output()
        .with_context(|| format!("can't run {mdbook}"))?;
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

/// Ids that the check of links believes in, and that a built page doesn't have.
fn missing_ids(pages: &Pages) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, page) in pages.iter() {
        let path = Path::new(BUILT).join(name).with_extension("html");
        let Ok(html) = files::read(&files::at("").join(&path)) else {
            faults.push(format!("{}: mdbook has not built it", path.display()));
            continue;
        };
        let ids = page.ids.iter();
        let missing = ids.filter(|id| !html.contains(&format!("id=\"{id}\"")));
        faults.extend(missing.map(|id| format!("{}: has no #{id}", path.display())));
    }
    faults
}

/// Whatever a built page or style sheet would fetch from another host.
fn foreign_resources() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (extension, find) in [
        ("html", foreign::in_html as fn(&str) -> Vec<String>),
        ("css", foreign::in_css),
    ] {
        for path in files::below(&files::at(BUILT), extension)? {
            for url in find(&files::read(&path)?) {
                faults.push(format!("{}: fetches {url}", files::shown(&path)));
            }
        }
    }
    Ok(faults)
}
