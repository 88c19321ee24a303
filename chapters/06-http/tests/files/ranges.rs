//! Parts of files, and whole ones.

use ch06_http::Method;

use crate::site::{Answer, Request, Site, long};

/// Of both kinds, and around the length that parts them.
const LENGTHS: [usize; 6] = [1, 13, 16_383, 16_384, 16_385, 100_000];

fn head(site: &mut Site, path: &str, fields: &[(&'static str, &str)]) -> Answer {
    let fields = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    site.ask(&Request {
        method: Method::Head,
        path: path.as_bytes(),
        query: "",
        fields: fields.collect(),
    })
}

#[test]
fn a_file_arrives_byte_for_byte() {
    let mut site = Site::new();
    for length in LENGTHS.into_iter().chain([0]) {
        site.write(length.to_string(), long(length));
        site.get(format!("/{length}")).expect(long(length));
    }
}

#[test]
fn a_file_of_more_than_16_kib_is_not_held_in_memory() {
    let mut site = Site::new();
    for (length, from_file) in [(16_384, false), (16_385, true)] {
        site.write(length.to_string(), long(length));
        let path = format!("/{length}");
        assert_eq!(site.get(&path).from_file, from_file, "{length}");
        let part = site.get_with(&path, &[("Range", "bytes=0-0")]);
        assert!(!part.from_file, "a short part is copied: {length}");
        assert!(!head(&mut site, &path, &[]).from_file);
    }
}

#[test]
fn the_answer_says_all_there_is_to_say_of_a_file() {
    let mut site = Site::new();
    site.write("hello.txt", "Hello, world!");
    let answer = site.get("/hello.txt");
    let names: Vec<_> = answer
        .head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .collect();
    let names: Vec<_> = names.into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "Date",
            "Content-Type",
            "Last-Modified",
            "Accept-Ranges",
            "ETag",
            "Content-Length"
        ]
    );
    assert!(
        answer.head.starts_with("HTTP/1.1 200 OK\r\n"),
        "{}",
        answer.head
    );
}

#[test]
fn the_head_is_the_same_for_head() {
    let mut site = Site::new();
    for length in LENGTHS {
        site.write("file", long(length));
        let (get, head) = (site.get("/file"), head(&mut site, "/file", &[]));
        assert_eq!(get.head, head.head);
        assert!(head.content.is_empty());
        site.pass();
    }
}

#[test]
fn a_part_arrives_with_its_place() {
    let mut site = Site::new();
    for length in LENGTHS {
        site.write("file", long(length));
        for (range, start, end) in [
            ("bytes=0-0", 0, 1),
            ("bytes=0-", 0, length),
            ("bytes=-1", length - 1, length),
            ("bytes=-999999", 0, length),
        ] {
            let answer = site.get_with("/file", &[("Range", range)]);
            assert_eq!(answer.status, 206, "{range}");
            assert_eq!(
                answer.content,
                long(length)[start..end],
                "{range} of {length}"
            );
            let place = format!("bytes {start}-{}/{length}", end - 1);
            assert_eq!(answer.field("Content-Range"), Some(&*place));
        }
        site.pass();
    }
}

#[test]
fn a_part_says_what_the_whole_would_say() {
    let mut site = Site::new();
    site.write("file.txt", "content");
    let whole = site.get("/file.txt");
    let part = site.get_with("/file.txt", &[("Range", "bytes=1-2")]);
    for name in [
        "Date",
        "Content-Type",
        "Last-Modified",
        "ETag",
        "Accept-Ranges",
    ] {
        assert_eq!(whole.field(name), part.field(name));
    }
}

#[test]
fn a_range_behind_the_end_is_told_where_the_end_is() {
    let mut site = Site::new();
    site.write("file", "content");
    for range in ["bytes=7-", "bytes=-0"] {
        let answer = site.get_with("/file", &[("Range", range)]);
        assert_eq!(answer.status, 416, "{range}");
        assert_eq!(answer.field("Content-Range"), Some("bytes */7"));
    }
}

#[test]
fn a_range_that_is_not_granted_gets_the_whole() {
    let mut site = Site::new();
    site.write("file", "content");
    for range in ["bytes=0-0,2-2", "bytes=5-3", "lines=0-0", "content"] {
        site.get_with("/file", &[("Range", range)])
            .expect("content");
    }
    let twice = [("Range", "bytes=0-0"), ("Range", "bytes=0-0")];
    site.get_with("/file", &twice).expect("content");
}

#[test]
fn a_range_is_for_get_alone() {
    let mut site = Site::new();
    site.write("file", "content");
    let answer = head(&mut site, "/file", &[("Range", "bytes=1-2")]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.field("Content-Length"), Some("7"));
}
