//! Checks of the built pages.

use anyhow::Result;

use super::BUILT;
use crate::files;

/// Tags that fetch something as soon as the page opens. A link (`<a>`) doesn't.
const FETCHING: [&str; 10] = [
    "script", "link", "img", "iframe", "source", "video", "audio", "object", "embed", "image",
];

/// Whatever a page or style sheet would fetch from another host.
pub fn foreign_resources() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (extension, find) in [
        ("html", in_html as fn(&str) -> Vec<String>),
        ("css", in_css),
    ] {
        for path in files::below(&files::at(BUILT), extension)? {
            for url in find(&files::read(&path)?) {
                faults.push(format!("{}: fetches {url}", files::shown(&path)));
            }
        }
    }
    Ok(faults)
}

/// Sections that the code sends its reader to (`"01-blocking.html#read-the-code"`) and that a page
/// doesn't have. Pages that are still to be written are not looked for.
pub fn missing_sections() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (folder, extension) in ["chapters", "exercises", "solutions"]
        .into_iter()
        .flat_map(|folder| [(folder, "rs"), (folder, "toml")])
    {
        for path in files::below(&files::at(folder), extension)? {
            for (page, section) in sections_in(&files::read(&path)?) {
                let Ok(html) = files::read(&files::at(BUILT).join(&page)) else {
                    continue;
                };
                if !html.contains(&format!("id=\"{section}\"")) {
                    let path = files::shown(&path);
                    faults.push(format!("{path}: {page} has no section #{section}"));
                }
            }
        }
    }
    Ok(faults)
}

/// `PAGE.html#SECTION` wherever it stands in a string.
fn sections_in(text: &str) -> Vec<(String, String)> {
    let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let found = text.match_indices(".html#").filter_map(|(at, mark)| {
        let before: String = text[..at].chars().rev().take_while(is_name).collect();
        let page: String = before.chars().rev().collect();
        let section: String = text[at + mark.len()..]
            .chars()
            .take_while(is_name)
            .collect();
        (!page.is_empty() && !section.is_empty()).then(|| (format!("{page}.html"), section))
    });
    found.collect()
}

fn is_foreign(url: &str) -> bool {
    ["http:", "https:", "ws:", "wss:", "//"]
        .iter()
        .any(|start| url.starts_with(start))
}

fn in_html(text: &str) -> Vec<String> {
    let tags = text
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next());
    let fetching = tags.filter(|tag| {
        let name = tag.split([' ', '\n', '/']).next().unwrap_or_default();
        FETCHING.contains(&name.to_lowercase().as_str())
    });
    let urls = fetching.flat_map(|tag| {
        let attributes = ["src=\"", "href=\"", "data=\"", "srcset=\"", "poster=\""];
        attributes
            .into_iter()
            .filter_map(move |name| tag.split_once(name)?.1.split('"').next())
    });
    urls.filter(|url| is_foreign(url))
        .map(str::to_owned)
        .collect()
}

fn in_css(text: &str) -> Vec<String> {
    let urls = text
        .split("url(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    let imports = text
        .split("@import ")
        .skip(1)
        .filter_map(|rest| rest.split(';').next());
    let all = urls
        .chain(imports)
        .map(|url| url.trim_matches(['"', '\'', ' ']));
    all.filter(|url| is_foreign(url))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_found_in_a_string() {
        let found =
            sections_in(r#"teach("why", "01-blocking.html#what-is-still-wrong"); "x.html#…""#);
        assert_eq!(
            found,
            [("01-blocking.html".into(), "what-is-still-wrong".into())]
        );
    }

    #[test]
    fn a_link_is_fine_and_a_picture_from_elsewhere_is_not() {
        let html = r#"<a href="https://a.example">x</a><img alt="" src="https://b.example/x.png"><script src="book.js">"#;
        assert_eq!(in_html(html), ["https://b.example/x.png"]);
        let css = "a { background: url('//c.example/x') } b { background: url(x.png) } @import \"http://d.example\";";
        assert_eq!(in_css(css), ["//c.example/x", "http://d.example"]);
    }
}
