//! Requests that depend on the version that the client has.

use std::time::{Duration, SystemTime};

use ch06_http::Method;

use crate::site::{Request, Site};

/// A site with `/file`, its tag and its date.
fn site() -> (Site, String, String) {
    let mut site = Site::new();
    site.write("file", "content");
    let answer = site.get("/file");
    let (tag, date) = (
        answer.tag().to_owned(),
        answer.field("Last-Modified").unwrap().to_owned(),
    );
    (site, tag, date)
}

/// A second after, or before, a date.
fn later(date: &str) -> String {
    let time = httpdate::parse_http_date(date).unwrap() + Duration::from_secs(1);
    httpdate::fmt_http_date(time)
}

fn earlier(date: &str) -> String {
    let time = httpdate::parse_http_date(date).unwrap() - Duration::from_secs(1);
    httpdate::fmt_http_date(time)
}

#[test]
fn a_client_with_this_version_gets_no_content() {
    let (mut site, tag, _) = site();
    for list in [&tag, &format!("W/{tag}"), &format!("\"a\", {tag}"), "*"] {
        let answer = site.get_with("/file", &[("If-None-Match", list)]);
        assert_eq!(answer.status, 304, "{list}");
        assert!(answer.content.is_empty());
    }
}

#[test]
fn a_client_with_another_version_gets_the_content() {
    let (mut site, tag, _) = site();
    for list in ["\"a\"", &tag.replace('"', ""), "\"*\"", ""] {
        site.get_with("/file", &[("If-None-Match", list)])
            .expect("content");
    }
}

#[test]
fn not_modified_says_the_date_and_the_tag_and_nothing_of_content() {
    let (mut site, tag, _) = site();
    let answer = site.get_with("/file", &[("If-None-Match", &tag)]);
    assert_eq!(answer.tag(), tag);
    assert!(answer.field("Date").is_some());
    assert!(!answer.head.contains("Content-"), "{}", answer.head);
}

#[test]
fn a_list_may_come_in_several_fields() {
    let (mut site, tag, _) = site();
    let fields = [("If-None-Match", &*tag), ("if-none-match", "\"a\"")];
    assert_eq!(site.get_with("/file", &fields).status, 304);
    let fields = [("IF-MATCH", "\"a\""), ("If-Match", &*tag)];
    assert_eq!(site.get_with("/file", &fields).status, 200);
}

#[test]
fn a_tag_counts_more_than_a_date() {
    let (mut site, tag, date) = site();
    let fields = [("If-Modified-Since", &*date), ("If-None-Match", "\"a\"")];
    site.get_with("/file", &fields).expect("content");
    let fields = [
        ("If-Unmodified-Since", &*earlier(&date)),
        ("If-Match", &tag),
    ];
    site.get_with("/file", &fields).expect("content");
}

#[test]
fn a_file_that_is_no_newer_than_the_date_is_not_sent() {
    let (mut site, _, date) = site();
    for (since, status) in [(&date, 304), (&later(&date), 304), (&earlier(&date), 200)] {
        let answer = site.get_with("/file", &[("If-Modified-Since", since)]);
        assert_eq!(answer.status, status, "{since}, modified {date}");
    }
}

#[test]
fn a_date_that_can_not_be_read_is_no_condition() {
    let (mut site, _, date) = site();
    for since in ["", "yesterday", &date.replace("GMT", "CET")] {
        site.get_with("/file", &[("If-Modified-Since", since)])
            .expect("content");
        site.get_with("/file", &[("If-Unmodified-Since", since)])
            .expect("content");
    }
    let twice = [("If-Modified-Since", &*date), ("If-Modified-Since", &*date)];
    site.get_with("/file", &twice).expect("content");
}

#[test]
fn who_insists_on_another_version_is_refused() {
    let (mut site, tag, date) = site();
    for (field, value, status) in [
        ("If-Match", &*tag, 200),
        ("If-Match", "*", 200),
        ("If-Match", "\"a\"", 412),
        ("If-Match", &format!("W/{tag}"), 412),
        ("If-Unmodified-Since", &date, 200),
        ("If-Unmodified-Since", &earlier(&date), 412),
    ] {
        let answer = site.get_with("/file", &[(field, value)]);
        assert_eq!(answer.status, status, "{field}: {value}");
    }
}

#[test]
fn the_version_that_is_insisted_on_is_judged_first() {
    let (mut site, tag, _) = site();
    let fields = [("If-None-Match", &*tag), ("If-Match", "\"a\"")];
    assert_eq!(site.get_with("/file", &fields).status, 412);
}

#[test]
fn conditions_are_for_files_that_are_there() {
    let (mut site, ..) = site();
    assert_eq!(
        site.get_with("/none", &[("If-None-Match", "*")]).status,
        404
    );
    assert_eq!(site.get_with("/none", &[("If-Match", "\"a\"")]).status, 404);
    site.write("directory/file", "content");
    assert_eq!(
        site.get_with("/directory", &[("If-Match", "\"a\"")]).status,
        301
    );
}

#[test]
fn head_has_the_same_conditions() {
    let (mut site, tag, _) = site();
    let answer = site.ask(&Request {
        method: Method::Head,
        path: b"/file",
        query: "",
        fields: vec![("If-None-Match", tag)],
    });
    assert_eq!(answer.status, 304);
}

#[test]
fn a_part_is_sent_of_the_version_that_the_client_has_begun() {
    let (mut site, tag, date) = site();
    for (version, status) in [
        (&*tag, 206),
        ("\"a\"", 200),
        (&format!("W/{tag}"), 200),
        ("*", 200),
        ("", 200),
        (&date, 206),
        (&later(&date), 200),
        (&earlier(&date), 200),
    ] {
        let fields = [("Range", "bytes=0-2"), ("If-Range", version)];
        assert_eq!(site.get_with("/file", &fields).status, status, "{version}");
        site.get_with("/file", &[("If-Range", version)])
            .expect("content");
    }
}

#[test]
fn within_the_second_of_a_change_a_date_does_not_name_a_version() {
    let (mut site, tag, _) = site();
    let modified = std::fs::metadata(site.path("file"))
        .unwrap()
        .modified()
        .unwrap();
    site.set(modified);
    let date = httpdate::fmt_http_date(modified);
    let fields = [("Range", "bytes=0-2"), ("If-Range", &*date)];
    assert_eq!(site.get_with("/file", &fields).status, 200);
    let fields = [("Range", "bytes=0-2"), ("If-Range", &*tag)];
    assert_eq!(site.get_with("/file", &fields).status, 206);
    assert!(modified <= SystemTime::now());
}
