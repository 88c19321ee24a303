//! What a reader of the chapters is spared: listings without a file's name.

use std::path::Path;

use anyhow::Result;

use crate::{files, include};

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
    fn only_code_of_a_chapter_is_meant() {
        assert_eq!(
            listing_of("../../chapters/01-a/src/lib.rs"),
            Some("01-a/src/lib.rs")
        );
        assert_eq!(listing_of("../../chapters/07-a/site/room.js"), None);
        assert_eq!(listing_of("figures/01-calls.svg"), None);
    }
}
