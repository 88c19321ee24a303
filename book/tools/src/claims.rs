//! What the documents claim, and what is so: `book/claims/CHAPTER.toml`, as tables for the page.
//!
//! ```toml
//! [[claim]]
//! topic = "The backlog"
//! id = "C100"
//! document = "001"
//! section = "listen"
//! claim = "The 10 in `listen(fd, 10)` is the most connections there can be."
//! verdict = "FALSE"                 # TRUE, FALSE, PARTLY, OUTDATED, MISLEADING, UNVERIFIABLE or BUG
//! fact = "It bounds …"
//! authority = "listen(2)"           # manual pages and RFC sections become links
//! experiments = ["c100_listen_admits_backlog_plus_one"]  # tests in the chapter's tests/claims/
//! here = ["server::crowd::nobody_is_lost"]  # other tests of the chapter: they guard its own server
//! # also ["browser::its name in words"], in tests/browser.mjs
//! ```
//!
//! A bug in a document's program (`B14`) is a claim with the verdict `BUG`: `claim` says what the
//! program does, `fact` what comes of it and what to do.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::files;

/// A chapter's claims.
#[derive(Debug)]
pub struct Chapter {
    /// Its folder's name.
    pub name: String,
    /// In the order of the file.
    pub claims: Vec<Claim>,
}

/// One row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The heading it stands under.
    pub topic: String,
    /// `C100`, or `B14` for a bug.
    pub id: String,
    document: String,
    section: String,
    #[serde(rename = "claim")]
    says: String,
    verdict: Verdict,
    fact: String,
    authority: Option<String>,
    /// The tests that show it.
    #[serde(default)]
    pub experiments: Vec<String>,
    /// The chapter's tests that would fail if its own server had this flaw.
    #[serde(default)]
    pub here: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Verdict {
    True,
    False,
    Partly,
    Outdated,
    Misleading,
    Unverifiable,
    Bug,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    claim: Vec<Claim>,
}

/// Every chapter that has claims.
pub fn chapters() -> Result<Vec<Chapter>> {
    let mut chapters = Vec::new();
    for path in files::below(&files::at("book/claims"), "toml")? {
        let file: File =
            toml::from_str(&files::read(&path)?).with_context(|| files::shown(&path))?;
        for (index, claim) in file.claim.iter().enumerate() {
            let twice = file.claim[..index].iter().any(|other| other.id == claim.id);
            ensure!(
                !twice,
                "{}: {} stands there twice",
                files::shown(&path),
                claim.id
            );
        }
        chapters.push(Chapter {
            name: files::stem(&path),
            claims: file.claim,
        });
    }
    Ok(chapters)
}

/// The tables of a chapter's page in `book/src/claims/`, one a topic.
pub fn page(chapter: &Chapter) -> String {
    let mut page = String::new();
    let mut topic = "";
    for claim in &chapter.claims {
        if claim.topic != topic {
            if !topic.is_empty() {
                page.push_str("\n</div>\n\n");
            }
            topic = &claim.topic;
            let _ = write!(
                page,
                "#### {topic}\n\n<div class=\"claims\">\n\n| the document says | verdict | what is so |\n| --- | --- | --- |\n"
            );
        }
        page.push_str(&row(claim, &chapter.name));
    }
    if !topic.is_empty() {
        page.push_str("\n</div>\n");
    }
    page
}

fn row(claim: &Claim, chapter: &str) -> String {
    let Claim {
        id,
        document,
        section,
        fact,
        ..
    } = claim;
    let verdict = format!("{:?}", claim.verdict).to_lowercase();
    let mut sources: Vec<String> = claim.authority.iter().map(|text| linked(text)).collect();
    for (index, test) in claim.experiments.iter().enumerate() {
        let which = if index == 0 { "seen" } else { "also seen" };
        sources.push(format!("[{which}](../experiments/{chapter}.md#{test})"));
    }
    let words = claim.here.iter().map(|test| in_words(test));
    let words: Vec<String> = words.collect();
    if !words.is_empty() {
        sources.push(format!("here: {}", words.join("; ")));
    }
    let sources = sources.join(" · ");
    let text = claim.says.replace('|', "\\|");
    let fact = fact.replace('|', "\\|");
    format!(
        "| <span class=\"claim-id\" id=\"{id}\">{id} · {document} {section}</span> {text} | <span class=\"verdict {verdict}\">{verdict}</span> | {fact} <span class=\"source\">{sources}</span> |\n"
    )
}

/// All chapters' claims by their numbers, a list for each document, each with a link to its row.
pub fn index(chapters: &[Chapter]) -> String {
    let mut lists: BTreeMap<&str, BTreeMap<(&str, u32), String>> = BTreeMap::new();
    for chapter in chapters {
        for claim in &chapter.claims {
            let Claim { id, document, .. } = claim;
            let verdict = format!("{:?}", claim.verdict).to_lowercase();
            let list = lists.entry(document).or_default();
            let (kind, number) = id.split_at(1);
            let number = number.parse().unwrap_or(u32::MAX);
            // One that two chapters have is led to where it is met first.
            list.entry((kind, number)).or_insert_with(|| {
                format!(
                    "<span class=\"verdict {verdict}\">[{id}](claims/{}.md#{id}) {verdict}</span>",
                    chapter.name
                )
            });
        }
    }
    let mut page = String::new();
    for (document, list) in lists {
        let (bugs, claims): (Vec<_>, Vec<_>) = list.iter().partition(|((kind, _), _)| *kind == "B");
        let lines = claims.iter().chain(&bugs).map(|(_, line)| line.as_str());
        let lines: Vec<&str> = lines.collect();
        let _ = write!(
            page,
            "## Document {document}\n\n[What it is, and where its parts are taught](companions/{document}.md).\n\n\
             <div class=\"numbers\">\n\n{}\n\n</div>\n\n",
            lines.join("\n")
        );
    }
    page
}

/// A test's name as a sentence that can be broken into lines.
fn in_words(test: &str) -> String {
    let name = test.rsplit("::").next().unwrap_or(test);
    format!("<em title=\"{test}\">{}</em>", name.replace('_', " "))
}

/// Manual pages (`listen(2)`) and RFC sections (`RFC 9293 §3.6`) in a list as links.
fn linked(authorities: &str) -> String {
    let links = authorities.split("; ").map(|one| match url(one) {
        Some(url) => format!("[{one}]({url})"),
        None => one.to_owned(),
    });
    links.collect::<Vec<_>>().join("; ")
}

fn url(authority: &str) -> Option<String> {
    if let Some((page, section)) = authority
        .strip_suffix(')')
        .and_then(|text| text.split_once('('))
    {
        let number = section.parse::<u8>().ok()?;
        let is_name = page
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        return is_name
            .then(|| format!("https://man7.org/linux/man-pages/man{number}/{page}.{number}.html"));
    }
    let (rfc, section) = authority.strip_prefix("RFC ")?.split_once(" §")?;
    Some(format!(
        "https://www.rfc-editor.org/rfc/rfc{rfc}#section-{section}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_claim_is_in_its_documents_list_once_and_leads_to_its_first_chapter() {
        let claim = "topic = 'x'\nid = 'B02'\ndocument = '000'\nsection = ''\nclaim = ''\nverdict = 'BUG'\nfact = ''";
        let chapter = |name: &str| Chapter {
            name: name.into(),
            claims: vec![toml::from_str(claim).unwrap()],
        };
        let page = index(&[chapter("01-a"), chapter("02-b")]);
        assert!(page.starts_with("## Document 000\n"), "{page}");
        assert_eq!(
            page.matches("[B02](claims/01-a.md#B02) bug").count(),
            1,
            "{page}"
        );
        assert!(!page.contains("02-b"), "{page}");
    }

    #[test]
    fn a_test_of_the_server_is_named_in_words() {
        assert_eq!(
            in_words("files::paths::dots_lead_nowhere"),
            "<em title=\"files::paths::dots_lead_nowhere\">dots lead nowhere</em>"
        );
    }

    #[test]
    fn authorities_become_links() {
        assert_eq!(
            linked("listen(2); RFC 9293 §3.6; POSIX"),
            "[listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html); \
             [RFC 9293 §3.6](https://www.rfc-editor.org/rfc/rfc9293#section-3.6); POSIX"
        );
    }
}
