//! Facts that a text states and that the code decides: `book/facts.toml`.
//!
//! ```toml
//! [[fact]]
//! page = "book/src/05-reactor.md"
//! words = "64 accepts for each listener"       # exactly so in the page; line breaks don't count
//! file = "chapters/05-reactor/src/listeners.rs"
//! code = "const ACCEPTS: usize = 64;"          # exactly once in the file
//! ```

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::files;

/// One fact, and where it comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    /// The text that states it: a page, a figure, a module's docs.
    page: String,
    words: String,
    /// The file that decides it.
    file: String,
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fact: Vec<Fact>,
}

/// Facts of which the words or the code have changed.
pub fn drifted() -> Result<Vec<String>> {
    let text = files::read(&files::at("book/facts.toml"))?;
    let file: File = toml::from_str(&text).context("book/facts.toml")?;
    let mut faults = Vec::new();
    for fact in &file.fact {
        let page = files::read(&files::at(&fact.page))?;
        let code = files::read(&files::at(&fact.file))?;
        faults.extend(fault(fact, &page, &code));
    }
    Ok(faults)
}

fn fault(fact: &Fact, page: &str, code: &str) -> Option<String> {
    let Fact {
        page: name,
        words,
        file,
        code: wanted,
    } = fact;
    if !on_one_line(page).contains(&on_one_line(words)) {
        return Some(format!(
            "{name}: no longer says “{words}”; book/facts.toml ties that to {file}: \
             put the new words there, or remove the fact"
        ));
    }
    match code.matches(wanted.as_str()).count() {
        1 => None,
        0 => Some(format!(
            "{file}: no longer has `{wanted}`, but {name} says “{words}”: \
             correct the page, then both in book/facts.toml"
        )),
        many => Some(format!(
            "{file}: has `{wanted}` {many} times: book/facts.toml needs more of that line, so that it is there once"
        )),
    }
}

/// Without line breaks, and without the marks of a comment at the beginning of a line.
fn on_one_line(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let line = line.trim_start();
        line.strip_prefix("//!")
            .or_else(|| line.strip_prefix("///"))
            .unwrap_or(line)
    });
    let words: Vec<&str> = lines.flat_map(str::split_whitespace).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_of(page: &str, code: &str) -> Option<String> {
        let fact = Fact {
            page: "p.md".into(),
            words: "64 accepts".into(),
            file: "a.rs".into(),
            code: "ACCEPTS = 64;".into(),
        };
        fault(&fact, page, code)
    }

    #[test]
    fn words_may_be_broken_over_lines_and_comments() {
        assert_eq!(fault_of("at most 64\naccepts", "ACCEPTS = 64;"), None);
        assert_eq!(
            fault_of("//! at most 64\n//! accepts", "ACCEPTS = 64;"),
            None
        );
    }

    #[test]
    fn a_change_of_either_side_is_told() {
        let page = fault_of("65 accepts", "ACCEPTS = 64;").unwrap();
        assert!(
            page.starts_with("p.md: no longer says “64 accepts”"),
            "{page}"
        );
        let code = fault_of("64 accepts", "ACCEPTS = 65;").unwrap();
        assert!(
            code.starts_with("a.rs: no longer has `ACCEPTS = 64;`"),
            "{code}"
        );
    }

    #[test]
    fn code_that_is_there_twice_decides_nothing() {
        let fault = fault_of("64 accepts", "ACCEPTS = 64; ACCEPTS = 64;").unwrap();
        assert!(fault.contains("2 times"), "{fault}");
    }
}
