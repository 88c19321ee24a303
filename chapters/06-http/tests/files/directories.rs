//! Directories and their pages.

use ch06_http::Method;

use crate::site::{Request, Site};

fn location(site: &mut Site, path: &str, query: &str) -> String {
    let answer = site.ask(&Request {
        method: Method::Get,
        path: path.as_bytes(),
        query,
        fields: Vec::new(),
    });
    assert_eq!(answer.status, 301, "{}", answer.head);
    answer.field("Location").expect("a Location").to_owned()
}

#[test]
fn a_directory_shows_its_index_page() {
    let mut site = Site::new();
    site.write("index.html", "top");
    site.write("a/b/index.html", "below");
    site.get("/").expect("top");
    let answer = site.get("/a/b/");
    answer.expect("below");
    assert_eq!(
        answer.field("Content-Type"),
        Some("text/html; charset=utf-8")
    );
}

#[test]
fn a_directory_without_an_index_page_shows_nothing() {
    let mut site = Site::new();
    site.write("a/file", "content");
    site.write("b/index.html/file", "content");
    assert_eq!(site.get("/").status, 404);
    assert_eq!(site.get("/a/").status, 404);
    assert_eq!(site.get("/b/").status, 404);
}

#[test]
fn a_directory_without_its_slash_is_sent_there() {
    let mut site = Site::new();
    site.write("a/b/index.html", "content");
    assert_eq!(location(&mut site, "/a", ""), "/a/");
    assert_eq!(location(&mut site, "/a/b", ""), "/a/b/");
    assert_eq!(location(&mut site, "/a/b", "?"), "/a/b/?");
    let query = location(&mut site, "/a/b", "?x=1&y=%20/?\\{}");
    assert_eq!(query, "/a/b/?x=1&y=%20/?%5C%7B%7D");
}

#[test]
fn a_file_has_no_slash_behind_it() {
    let mut site = Site::new();
    site.write("file", "content");
    assert_eq!(site.get("/file/").status, 404);
    assert_eq!(site.get("/file/index.html").status, 404);
}

#[test]
fn a_redirect_stays_on_this_server() {
    let mut site = Site::new();
    for name in [
        "example.org",
        "\\example.org",
        "a b?c#d%e",
        "é\r\nX: y",
        "<script>\"'",
    ] {
        site.write(format!("{name}/index.html"), "content");
    }
    assert_eq!(site.get("//example.org").status, 404);
    assert_eq!(
        location(&mut site, "/\\example.org", ""),
        "/%5Cexample.org/"
    );
    assert_eq!(location(&mut site, "/a b?c#d%e", ""), "/a%20b%3Fc%23d%25e/");
    assert_eq!(
        location(&mut site, "/é\r\nX: y", ""),
        "/%C3%A9%0D%0AX:%20y/"
    );
    assert_eq!(
        location(&mut site, "/<script>\"'", ""),
        "/%3Cscript%3E%22'/"
    );
}

/// Else its client would ask with GET for what it never meant to read.
#[test]
fn a_directory_without_its_slash_takes_get_and_head_only() {
    let mut site = Site::new();
    site.write("a/index.html", "index");
    for method in [Method::Post, Method::Delete, Method::Put] {
        let answer = site.ask(&Request {
            method,
            path: b"/a",
            query: "",
            fields: Vec::new(),
        });
        assert_eq!(answer.status, 405, "{method}");
    }
}
