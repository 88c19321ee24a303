//! Links that lead nowhere: from page to page, to a section, to a file of the workbook. What lies on
//! other hosts is not looked for.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use crate::files;
use crate::page::Page;

/// The book's pages, by their path below `book/src` without `.md`.
pub struct Pages {
    pages: BTreeMap<PathBuf, Page>,
    summary: Page,
}

impl Pages {
    /// Reads all that SUMMARY.md lists. What it lists and isn't there is a dead link of it.
    pub fn read() -> Result<Self> {
        let summary = Page::read(&source("SUMMARY.md"))?;
        let mut pages = BTreeMap::new();
        for link in &summary.links {
            if source(link).is_file() {
                pages.insert(
                    Path::new(link).with_extension(""),
                    Page::read(&source(link))?,
                );
            }
        }
        Ok(Self { pages, summary })
    }

    /// The page that is built to `name`, as `steps/01-02.html`.
    pub fn built_to(&self, name: &str) -> Option<&Page> {
        self.pages.get(Path::new(name.strip_suffix(".html")?))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Path, &Page)> {
        self.pages.iter().map(|(name, page)| (name.as_path(), page))
    }

    /// Links of the book's pages that lead nowhere.
    pub fn dead_links(&self) -> Vec<String> {
        let listed = self.summary.links.iter();
        let listed = listed.filter(|link| !source(link).is_file());
        let mut faults: Vec<_> = listed
            .map(|link| format!("book/src/SUMMARY.md: there is no page {link}"))
            .collect();
        for (name, page) in &self.pages {
            let dead = page.targets().filter(|link| self.is_dead(name, link));
            let name = name.display();
            faults.extend(dead.map(|link| format!("book/src/{name}.md: dead link to {link}")));
        }
        faults
    }

    fn is_dead(&self, from: &Path, link: &str) -> bool {
        let Some((path, id)) = split(link) else {
            return false;
        };
        let folder = from.parent().unwrap_or(Path::new(""));
        let Some(target) = within(folder, path) else {
            return true; // it leads out of the book
        };
        let target = if path.is_empty() {
            from.to_owned()
        } else if matches!(target.extension(), Some(end) if end == "md" || end == "html") {
            target.with_extension("")
        } else {
            return !source(&target).is_file(); // mdBook copies it
        };
        let page = self.pages.get(&target);
        !page.is_some_and(|page| id.is_none_or(|id| page.ids.contains(id)))
    }
}

fn source(name: impl AsRef<Path>) -> PathBuf {
    files::at("book/src").join(name)
}

/// Links of the workbook's other Markdown, which is read where it lies.
pub fn dead_links_elsewhere() -> Result<Vec<String>> {
    let names = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    let mut paths: Vec<_> = names.into_iter().map(files::at).collect();
    for folder in ["chapters", "exercises", "solutions"] {
        paths.extend(files::below(&files::at(folder), "md")?);
    }
    let mut faults = Vec::new();
    for path in paths {
        for link in Page::read(&path)?.targets() {
            if is_dead_file(&path, link)? {
                faults.push(format!("{}: dead link to {link}", files::shown(&path)));
            }
        }
    }
    Ok(faults)
}

/// Whether a link of the file at `from` leads to no file, folder or heading.
fn is_dead_file(from: &Path, link: &str) -> Result<bool> {
    let Some((path, id)) = split(link) else {
        return Ok(false);
    };
    let target = match path {
        "" => from.to_owned(),
        _ => from.parent().unwrap_or(Path::new("")).join(path),
    };
    if !target.exists() {
        return Ok(true);
    }
    Ok(match id {
        Some(id) if target.extension().is_some_and(|end| end == "md") => {
            !Page::read(&target)?.ids.contains(id)
        }
        _ => false,
    })
}

/// A link's path and section; None if it leads to another host or starts a program.
fn split(link: &str) -> Option<(&str, Option<&str>)> {
    let (path, id) = match link.split_once('#') {
        Some((path, id)) => (path, Some(id)),
        None => (link, None),
    };
    let scheme = path.split_once(':').map(|(scheme, _)| scheme);
    let is_foreign = path.starts_with("//") || scheme.is_some_and(|name| !name.contains('/'));
    (!is_foreign).then_some((path, id.filter(|id| !id.is_empty())))
}

/// `path` as seen from `folder`; None if it leads above the top.
fn within(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut target = folder.to_owned();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(name) => target.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !target.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> Pages {
        let page = |name: &str, text| (PathBuf::from(name), Page::parse(text));
        Pages {
            pages: BTreeMap::from([
                page("one", "# One\n"),
                page("folder/two", "# Two\n\n<b id=\"mark\"></b>\n"),
            ]),
            summary: Page::default(),
        }
    }

    #[test]
    fn a_link_leads_to_a_page_that_is_listed_and_to_a_section_that_it_has() {
        let pages = pages();
        for (from, link) in [
            ("one", "#one"),
            ("one", "folder/two.md#mark"),
            ("folder/two", "../one.html"),
            ("folder/two", "two.md#"),
            ("folder/two", "https://a.example/two.md"),
            ("folder/two", "mailto:a@b.example"),
            ("one", "figures/01-calls.svg"),
        ] {
            assert!(!pages.is_dead(Path::new(from), link), "{from}: {link}");
        }
        for (from, link) in [
            ("one", "#two"),
            ("one", "two.md"),
            ("one", "folder/two.md#one"),
            ("folder/two", "one.md"),
            ("folder/two", "../../README.md"),
            ("one", "/one.md"),
            ("one", "figures/no.svg"),
            ("one", "SUMMARY.md"),
        ] {
            assert!(pages.is_dead(Path::new(from), link), "{from}: {link}");
        }
    }

    #[test]
    fn a_file_of_the_workbook_is_found_and_its_heading() {
        let readme = files::at("README.md");
        for (link, is_dead) in [
            ("CONTRIBUTING.md#a-chapter", false),
            ("chapters/01-blocking", false),
            ("#the-chapters", false),
            ("CONTRIBUTING.md#no-chapter", true),
            ("chapters/no", true),
        ] {
            assert_eq!(is_dead_file(&readme, link).unwrap(), is_dead, "{link}");
        }
    }
}
