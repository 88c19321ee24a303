//! A page of Markdown as mdBook reads it: where it can be linked to, and what it links to.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::include;
use crate::tags::tags;

/// What is known of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its headings, terms, and whatever else has an id.
    pub ids: BTreeSet<String>,
    /// The targets of its links, each once.
    pub links: BTreeSet<String>,
    /// The files of its pictures, as Markdown has them (`![text](file)`).
    pub pictures: BTreeSet<String>,
    /// What it has of HTML.
    pub html: String,
}

impl Page {
    /// Reads a page with all that it includes.
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self::parse(&include::expanded(path)?))
    }

    pub fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None; // the text of one that names no id
        for event in Parser::new_ext(text, options()) {
            match event {
                Event::Start(Tag::Heading { id: Some(id), .. }) => {
                    page.ids.insert(id.into_string());
                }
                Event::Start(Tag::Heading { .. } | Tag::DefinitionListTitle) => {
                    heading = Some(String::new());
                }
                Event::End(TagEnd::Heading(_) | TagEnd::DefinitionListTitle) => {
                    if let Some(text) = heading.take() {
                        page.add_heading(&text);
                    }
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    page.links.insert(dest_url.into_string());
                }
                Event::Start(Tag::Image { dest_url, .. }) => {
                    page.pictures.insert(dest_url.into_string());
                }
                Event::Html(html) | Event::InlineHtml(html) => page.html.push_str(&html),
                _ => {}
            }
        }
        for tag in tags(&page.html) {
            page.ids.extend(tag.attribute("id").map(str::to_owned));
            let targets = ["href", "src"].map(|name| tag.attribute(name));
            page.links
                .extend(targets.into_iter().flatten().map(str::to_owned));
        }
        page
    }

    /// Where its links and its pictures lead.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.links.iter().chain(&self.pictures).map(String::as_str)
    }

    /// The second heading of a name gets `-1` behind it, the third `-2`.
    fn add_heading(&mut self, text: &str) {
        let id = id_of(text);
        let mut ids = (0..).map(|count| match count {
            0 => id.clone(),
            _ => format!("{id}-{count}"),
        });
        let free = ids.find(|id| !self.ids.contains(id));
        self.ids.extend(free);
    }
}

/// What mdBook turns on: a page must be read here as it is there.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

/// The id that mdBook gives to a heading, and GitHub as well.
fn id_of(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|c| match c {
        _ if c.is_alphanumeric() || c == '_' || c == '-' => Some(c.to_ascii_lowercase()),
        _ if c.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted<const N: usize>(words: [&str; N]) -> BTreeSet<String> {
        words.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_heading_a_term_and_a_tag_have_ids() {
        let text = "# What's *still* wrong: `read()`\n\n## Own {#mine}\n\nTerm\n: meaning\n\n\
                    <figure id=\"drawn\">\n<svg><g id='x'/></svg>\n</figure>\n\nA <b id=\"bold\">b</b>.\n";
        let expected = sorted(["whats-still-wrong-read", "mine", "term", "drawn", "bold"]);
        assert_eq!(Page::parse(text).ids, expected);
    }

    #[test]
    fn headings_of_one_name_are_numbered() {
        let page = Page::parse("# Again\n## Again\n### Again\n");
        assert_eq!(page.ids, sorted(["again", "again-1", "again-2"]));
    }

    #[test]
    fn links_are_found_wherever_they_are_and_not_in_code() {
        let text = "[a](a.md#b \"title\") `[c](c.md)` ![d](d.png) [e][e] <a href=\"f.html\">f</a>\n\n\
                    ```text\n[g](g.md) # no heading\n```\n\n[e]: e.md\n";
        let page = Page::parse(text);
        assert_eq!(page.links, sorted(["a.md#b", "e.md", "f.html"]));
        assert_eq!(page.pictures, sorted(["d.png"]));
    }
}
