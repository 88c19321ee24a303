//! A chapter's exercises as a table, from `[package.metadata.workbook]` in their manifests.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::files;

#[derive(Deserialize)]
struct Manifest {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    workbook: Card,
}

#[derive(Deserialize)]
struct Card {
    title: String,
    kind: Kind,
    stars: usize,
    minutes: u32,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Write,
    Find,
    Predict,
}

/// The table of `chapter` (`01-blocking`), in the order of the folders' names.
pub fn page(chapter: &str) -> Result<String> {
    let folder = files::at("exercises").join(chapter);
    let mut rows = Vec::new();
    for manifest in files::below(&folder, "toml")? {
        let name = manifest.parent().and_then(Path::file_name);
        let name = name.unwrap_or_default().to_string_lossy().into_owned();
        let text = files::read(&manifest)?;
        let read: Manifest = toml::from_str(&text).with_context(|| files::shown(&manifest))?;
        rows.push((name, read.package.metadata.workbook));
    }
    let mut page = "| to check it | exercise | what to do |\n| --- | --- | --- |\n".to_owned();
    for (name, card) in rows {
        writeln!(page, "{}", row(chapter, &name, &card))?;
    }
    Ok(page)
}

/// The chapters that have exercises.
pub fn chapters() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(files::at("exercises"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn row(chapter: &str, folder: &str, card: &Card) -> String {
    let number = |name: &str| name.split('-').next().unwrap_or_default().to_owned();
    let what = match card.kind {
        Kind::Write => "write it",
        Kind::Find => "find the bug",
        Kind::Predict => "predict it",
    };
    format!(
        "| `just check {}-{}` | {} | {what}; {} {} minutes |",
        number(chapter),
        number(folder),
        card.title,
        "★".repeat(card.stars),
        card.minutes,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_how_to_check_it_and_what_awaits_the_reader() {
        let card = Card {
            title: "The accept loop".into(),
            kind: Kind::Write,
            stars: 2,
            minutes: 20,
        };
        assert_eq!(
            row("01-blocking", "1-accept-loop", &card),
            "| `just check 01-1` | The accept loop | write it; ★★ 20 minutes |"
        );
    }
}
