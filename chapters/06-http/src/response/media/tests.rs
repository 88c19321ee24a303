use super::*;

fn full(name: &str) -> String {
    let (media, charset) = content_type(name.as_bytes());
    format!("{media}{charset}")
}

#[test]
fn the_last_ending_of_the_last_segment_decides() {
    assert_eq!(full("picture.png"), "image/png");
    assert_eq!(full("a.html/picture.PNG"), "image/png");
    assert_eq!(full("site.html.gz"), "application/gzip");
}

#[test]
fn text_says_that_it_is_utf_8_and_nothing_else_does() {
    assert_eq!(full("index.html"), "text/html; charset=utf-8");
    assert_eq!(full("style.css"), "text/css; charset=utf-8");
    assert_eq!(full("code.js"), "text/javascript; charset=utf-8");
    assert_eq!(full("picture.svg"), "image/svg+xml");
    assert_eq!(full("data.json"), "application/json");
}

#[test]
fn a_file_without_a_known_ending_is_only_bytes() {
    for name in [
        "LICENSE",
        "html",
        ".html",
        "a.html/file",
        "file.",
        "file.nobody-knows",
        "",
    ] {
        assert_eq!(full(name), "application/octet-stream", "{name}");
    }
    assert_eq!(content_type(b"file.\xff").0, "application/octet-stream");
}
