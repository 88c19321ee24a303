//! Sections of the book that the code sends its reader to: `"01-blocking.html#read-the-code"`.

use anyhow::Result;

use super::links::Pages;
use crate::files;

/// Those that a page doesn't have. Pages that are still to be written are not looked for.
pub fn missing(pages: &Pages) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (folder, extension) in ["chapters", "exercises", "solutions"]
        .into_iter()
        .flat_map(|folder| [(folder, "rs"), (folder, "toml")])
    {
        for path in files::below(&files::at(folder), extension)? {
            for (name, section) in named_in(&files::read(&path)?) {
                let Some(page) = pages.built_to(&name) else {
                    continue;
                };
                if !page.ids.contains(&section) {
                    let path = files::shown(&path);
                    faults.push(format!("{path}: {name} has no section #{section}"));
                }
            }
        }
    }
    Ok(faults)
}

/// `PAGE.html#SECTION` wherever it stands in a text.
fn named_in(text: &str) -> Vec<(String, String)> {
    let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let is_path = |c: &char| is_name(c) || *c == '/';
    let found = text.match_indices(".html#").filter_map(|(at, mark)| {
        let before: String = text[..at].chars().rev().take_while(is_path).collect();
        let page: String = before.chars().rev().collect();
        let section: String = text[at + mark.len()..]
            .chars()
            .take_while(is_name)
            .collect();
        (!page.is_empty() && !section.is_empty()).then(|| (format!("{page}.html"), section))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_found_in_a_string() {
        let found = named_in(
            r#"teach("why", "01-blocking.html#what-is-wrong"); "x.html#…"; "steps/01-02.html#b""#,
        );
        let expected = [
            ("01-blocking.html", "what-is-wrong"),
            ("steps/01-02.html", "b"),
        ];
        assert_eq!(found, expected.map(|(page, id)| (page.into(), id.into())));
    }
}
