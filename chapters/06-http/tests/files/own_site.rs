//! The site that comes with the chapter.

use std::fs;
use std::path::Path;

use crate::site::get_below;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/site");

/// Links that show what the server says when there is no such file, or that code answers.
const NOT_FILES: [(&str, u16); 6] = [
    ("/pictures", 301),
    ("/nowhere", 404),
    ("/form", 404),
    ("/moved", 404),
    ("/broken", 404),
    ("/%zz", 404),
];

/// What the pages link to, seen from the root.
fn links() -> Vec<String> {
    let mut links = Vec::new();
    for page in [
        "index.html",
        "form.html",
        "codes.html",
        "pictures/index.html",
    ] {
        let text = fs::read_to_string(Path::new(ROOT).join(page)).unwrap();
        for attribute in ["href=\"", "src=\"", "action=\""] {
            let values = text.split(attribute).skip(1);
            links.extend(values.filter_map(|value| {
                let value = value.split(['"', '#']).next()?;
                let relative = !value.starts_with('/');
                let folder = page.strip_suffix("index.html").unwrap_or_default();
                Some(if relative {
                    format!("/{folder}{value}")
                } else {
                    value.to_owned()
                })
            }));
        }
    }
    links
}

#[test]
fn every_link_of_the_site_leads_somewhere() {
    let links = links();
    assert!(links.len() > 20, "{links:?}");
    for link in links {
        let known = NOT_FILES.iter().find(|(path, _)| *path == link);
        let expected = known.map_or(200, |(_, status)| *status);
        assert_eq!(get_below(ROOT, &link).status, expected, "{link}");
    }
}

#[test]
fn the_site_takes_nothing_from_outside() {
    for link in links() {
        assert!(!link.contains("//"), "{link}");
    }
}
