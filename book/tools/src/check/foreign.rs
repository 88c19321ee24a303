//! What a page would fetch from another host as soon as it opens. The book works without a network.

use anyhow::Result;

use super::links::Pages;
use crate::files;
use crate::tags::tags;

/// Tags that fetch something. A link (`<a>`) doesn't.
const FETCHING: [&str; 10] = [
    "script", "link", "img", "iframe", "source", "video", "audio", "object", "embed", "image",
];

/// In the pages' own HTML, and in the book's style sheets.
pub fn resources(pages: &Pages) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (name, page) in pages.iter() {
        let name = name.display();
        let urls = in_html(&page.html)
            .into_iter()
            .chain(page.pictures.iter().filter(|url| is_foreign(url)).cloned());
        faults.extend(urls.map(|url| format!("book/src/{name}.md: fetches {url}")));
    }
    for path in files::below(&files::at("book/theme"), "css")? {
        let urls = in_css(&files::read(&path)?);
        let path = files::shown(&path);
        faults.extend(urls.iter().map(|url| format!("{path}: fetches {url}")));
    }
    Ok(faults)
}

fn is_foreign(url: &str) -> bool {
    ["http:", "https:", "ws:", "wss:", "//"]
        .iter()
        .any(|start| url.starts_with(start))
}

/// The addresses on other hosts that HTML fetches.
pub fn in_html(text: &str) -> Vec<String> {
    let fetching = tags(text).filter(|tag| FETCHING.contains(&tag.name().as_str()));
    let urls = fetching.flat_map(|tag| {
        let attributes = ["src", "href", "data", "srcset", "poster"];
        attributes
            .into_iter()
            .filter_map(move |name| tag.attribute(name))
    });
    urls.filter(|url| is_foreign(url))
        .map(str::to_owned)
        .collect()
}

/// The addresses on other hosts that a style sheet fetches.
pub fn in_css(text: &str) -> Vec<String> {
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
    fn a_link_is_fine_and_a_picture_from_elsewhere_is_not() {
        let html = r#"<a href="https://a.example">x</a><img alt="" src="https://b.example/x.png"><script src="book.js">"#;
        assert_eq!(in_html(html), ["https://b.example/x.png"]);
        let css = "a { background: url('//c.example/x') } b { background: url(x.png) } @import \"http://d.example\";";
        assert_eq!(in_css(css), ["//c.example/x", "http://d.example"]);
    }
}
