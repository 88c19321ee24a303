//! What a reader of the chapters is spared: listings without a file's name, pages that take too long,
//! marks of a merge; and what a translation needs: sections with a name of their own, and no text that
//! is hidden in HTML.

use std::path::Path;

use anyhow::Result;

use crate::times::{self, Load};
use crate::{files, include};

/// The longest that a page may take.
const MINUTES: u32 = 30;

/// Pages that take code of a chapter in by themselves: a listing says which file it is from.
pub fn unaddressed_listings() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for page in files::below(&files::at("book/src"), "md")? {
        if page.starts_with(files::at("book/src/generated")) {
            continue;
        }
        for include in include::find(&files::read(&page)?) {
            let file = include.file.display().to_string();
            if let Some(listing) = listing_of(&file) {
                faults.push(format!(
                    "{}:{}: a listing names its file: instead of this block, \
                     {{{{#include generated/listings/{listing}/ANCHOR.md}}}}",
                    files::shown(&page),
                    include.line
                ));
            }
        }
    }
    Ok(faults)
}

/// Pages that take longer than [`MINUTES`], and those that don't say how long.
pub fn long_pages() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (name, _) in times::pages()? {
        let page = times::source(&name);
        let minutes = Load::read(&page)?.minutes();
        if minutes > MINUTES {
            faults.push(format!(
                "{}: takes {minutes} minutes to read, and {MINUTES} are the most; make two of it",
                files::shown(&page)
            ));
        }
        let own = format!("generated/times/{name}.md");
        if !files::read(&page)?.contains(&own) {
            let page = files::shown(&page);
            faults.push(format!(
                "{page}: doesn't say its time, by {{{{#include {own}}}}}"
            ));
        }
    }
    Ok(faults)
}

/// What a page must look like so that it can be translated, and marks that a merge has left.
pub fn untranslatable() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for page in files::below(&files::at("book/src"), "md")? {
        if page.starts_with(files::at("book/src/generated")) || page.ends_with("SUMMARY.md") {
            continue;
        }
        for (line, fault) in faults_in(&files::read(&page)?) {
            faults.push(format!("{}:{line}: {fault}", files::shown(&page)));
        }
    }
    Ok(faults)
}

fn faults_in(page: &str) -> Vec<(usize, &'static str)> {
    let (mut faults, mut is_code) = (Vec::new(), false);
    for (index, line) in page.lines().enumerate() {
        is_code ^= line.trim_start().starts_with("```");
        let fault = if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            "a mark that a merge has left"
        } else if is_code {
            continue;
        } else if line.trim_start_matches('#').starts_with(' ')
            && line.starts_with('#')
            && !line.ends_with('}')
        {
            "a heading names its section, so that a translation keeps it: ## Text {#text}"
        } else if ["<summary>", "<figcaption>"]
            .iter()
            .any(|tag| line.strip_prefix(tag).is_some_and(|text| !text.is_empty()))
        {
            "the tag has a line of its own and a blank one after it, or its text isn't translated"
        } else {
            continue;
        };
        faults.push((index + 1, fault));
    }
    faults
}

/// The path below `chapters/` of a file of Rust that is included directly.
fn listing_of(file: &str) -> Option<&str> {
    let (_, below) = file.split_once("../chapters/")?;
    let is_rust = Path::new(below).extension().is_some_and(|end| end == "rs");
    is_rust.then_some(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_has_an_id_and_a_summary_is_markdown() {
        let lines =
            |page| -> Vec<usize> { faults_in(page).into_iter().map(|(line, _)| line).collect() };
        assert!(lines("# A {#a}\n```sh\n# b\n```\n<summary>\n\nc\n\n</summary>").is_empty());
        assert_eq!(
            lines("# A\n<summary>b</summary>\n>>>>>>> c\n<figcaption>d"),
            [1, 2, 3, 4]
        );
    }

    #[test]
    fn only_code_of_a_chapter_is_meant() {
        assert_eq!(
            listing_of("../../chapters/01-a/src/lib.rs"),
            Some("01-a/src/lib.rs")
        );
        assert_eq!(listing_of("../../chapters/07-a/site/room.js"), None);
        assert_eq!(listing_of("figures/01-calls.svg"), None);
    }
}
