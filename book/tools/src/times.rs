//! How long a page takes to read: prose, code, and the steps of its timelines, folded text included.
//!
//! A page of the first parts of SUMMARY.md says its own time, by including `generated/times/NAME.md`;
//! the introduction includes the table of all chapters.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::page::options;
use crate::tags::tags;
use crate::{files, include};

/// Below `book/src/generated/`.
pub const FOLDER: &str = "times";
/// Where SUMMARY.md ends what is read from first to last.
const END: &str = "\n# To look things up";

// In seventeenths of a second, in which all are whole: 170 words and 10 lines a minute, 7 s a step.
const WORD: u32 = 6;
const LINE: u32 = 102;
const STEP: u32 = 119;
const MINUTE: u32 = 1020;

/// What a page has to be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Load {
    pub words: u32,
    pub lines: u32,
    pub steps: u32,
}

impl Load {
    /// Counts a page with all that it includes, but its own time.
    pub fn read(path: &Path) -> Result<Self> {
        let text = files::read(path)?;
        let own = |line: &&str| !line.contains("generated/times/");
        let text: Vec<&str> = text.lines().filter(own).collect();
        Ok(Self::of(&include::expanded_text(&text.join("\n"), path)?))
    }

    fn of(text: &str) -> Self {
        let mut load = Self::default();
        let (mut is_code, mut html) = (false, String::new());
        for event in Parser::new_ext(text, options()) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => is_code = true,
                Event::End(TagEnd::CodeBlock) => is_code = false,
                Event::Text(text) if is_code => load.lines += lines(&text),
                Event::Text(text) | Event::Code(text) => load.words += words(&text),
                Event::Html(text) => html.push_str(&text),
                _ => {}
            }
        }
        let mut in_timeline = false;
        for tag in tags(&html) {
            match tag.name().as_str() {
                "figure" => in_timeline = tag.attribute("class") == Some("timeline"),
                "tr" if in_timeline && tag.attribute("id").is_some() => load.steps += 1,
                _ => {}
            }
        }
        load
    }

    /// Whole minutes, the last one begun.
    pub fn minutes(&self) -> u32 {
        let time = self.words * WORD + self.lines * LINE + self.steps * STEP;
        time.div_ceil(MINUTE)
    }
}

fn lines(code: &str) -> u32 {
    count(code.lines().filter(|line| !line.trim().is_empty()))
}

fn words(text: &str) -> u32 {
    let has_word = |word: &&str| word.contains(char::is_alphanumeric);
    count(text.split_whitespace().filter(has_word))
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

/// The pages that are read from first to last, with their titles in SUMMARY.md.
pub fn pages() -> Result<Vec<(String, String)>> {
    let summary = files::read(&files::at("book/src/SUMMARY.md"))?;
    let read = summary.split(END).next().unwrap_or_default();
    let links = read.lines().filter_map(|line| {
        let (title, path) = line.split_once('[')?.1.split_once("](")?;
        let name = path.strip_suffix(".md)")?;
        Some((name.to_owned(), title.to_owned()))
    });
    Ok(links.filter(|(name, _)| source(name).is_file()).collect())
}

/// The file of a page.
pub fn source(name: &str) -> PathBuf {
    files::at("book/src").join(name).with_extension("md")
}

/// What is generated: each page's sentence, and the table of the chapters.
pub fn texts() -> Result<BTreeMap<PathBuf, String>> {
    let mut texts = BTreeMap::new();
    let mut table = "| page | minutes to read |\n| --- | ---: |\n".to_owned();
    for (name, title) in pages()? {
        let minutes = Load::read(&source(&name))?.minutes();
        texts.insert(PathBuf::from(format!("{name}.md")), sentence(minutes));
        if let Some(number) = number(&name) {
            let _ = writeln!(table, "| {number} [{title}]({name}.md) | {minutes} |");
        }
    }
    texts.insert(PathBuf::from("all.md"), table);
    Ok(texts)
}

/// `05` of `05-reactor`.
fn number(name: &str) -> Option<&str> {
    let (number, _) = name.split_once('-')?;
    number.parse::<u8>().ok().map(|_| number)
}

fn sentence(minutes: u32) -> String {
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    format!(
        "<p class=\"takes\">{minutes} {unit} to read, with the code, the timelines and the folded answers.</p>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_code_and_steps_are_counted_and_drawings_are_not() {
        let text = "# Two words\n\n```rust\na\n\nb\n```\n\n<figure class=\"drawn\">\n<svg><text>no</text></svg>\n</figure>\n\n<details>\n<summary>\n\nfolded *text*\n\n\
                    </summary>\n</details>\n\n<figure class=\"timeline\" id=\"t\"><table><tr><th>#</th></tr><tr id=\"t-1\"><td>x y</td></tr></table></figure>\n";
        let expected = Load {
            words: 4,
            lines: 2,
            steps: 1,
        };
        assert_eq!(Load::of(text), expected);
    }

    #[test]
    fn a_minute_that_has_begun_counts() {
        let load = |words, lines, steps| Load {
            words,
            lines,
            steps,
        };
        assert_eq!(load(170, 0, 0).minutes(), 1);
        assert_eq!(load(171, 0, 0).minutes(), 2);
        assert_eq!(load(340, 15, 0).minutes(), 4);
        assert_eq!(load(0, 0, 60).minutes(), 7);
    }

    #[test]
    fn chapters_are_numbered_and_other_pages_are_not() {
        assert_eq!(number("05-reactor"), Some("05"));
        assert_eq!(number("set-up"), None);
    }
}
