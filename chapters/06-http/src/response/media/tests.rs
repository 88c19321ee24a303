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

/// As reported to mime-db#148, mime-types#99, TriliumNext#1142, deno#1111 (`.ts`), static-web-server#655,
/// web-server-chrome#123 and sirv#171 (XML).
#[test]
fn types_are_those_that_are_registered_today() {
    for (name, media) in [
        ("a.m3u8", "application/vnd.apple.mpegurl"),
        ("a.TS", "video/mp2t"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.avif", "image/avif"),
        ("a.jxl", "image/jxl"),
        ("a.webp", "image/webp"),
        ("a.woff2", "font/woff2"),
        ("a.webmanifest", "application/manifest+json"),
        ("a.js.map", "application/json"),
        ("a.md", "text/markdown; charset=utf-8"),
    ] {
        assert_eq!(full(name), media, "{name}");
    }
}

#[test]
fn xml_says_its_encoding_itself() {
    for name in [
        "a.xml", "a.xsl", "a.xslt", "a.xhtml", "a.svg", "a.rss", "a.atom", "a.dtd",
    ] {
        assert!(full(name).contains("xml"), "{name}: {}", full(name));
        assert!(!full(name).contains("charset"), "{name}: {}", full(name));
    }
}
