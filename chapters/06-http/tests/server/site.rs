//! The site that comes with the chapter, and files of any length.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::answers::{Content, ask_one, directory_with, get, head, long, one, take_apart};
use crate::start;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/site");

/// All files below `directory`.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_file_of_the_site_comes_byte_for_byte() {
    let server = start(&[]);
    let files = files(Path::new(ROOT));
    assert!(files.len() >= 6, "{files:?}");
    for file in files {
        let name = file.strip_prefix(ROOT).unwrap().to_str().unwrap();
        let answer = get(&server, &format!("/{name}"));
        assert_eq!(answer.status, 200, "{name}");
        assert!(answer.content == fs::read(&file).unwrap(), "{name}");
    }
}

#[test]
fn the_path_of_a_directory_means_its_index() {
    let server = start(&[]);
    let index = fs::read(Path::new(ROOT).join("index.html")).unwrap();
    let answer = get(&server, "/");
    assert_eq!(
        answer.field("Content-Type"),
        Some("text/html; charset=utf-8")
    );
    assert!(answer.content == index);
}

#[test]
fn files_of_any_length_come_byte_for_byte() {
    for length in [0, 1, 16 * 1024, 16 * 1024 + 1, 5_000_000] {
        let content = long(length);
        let directory = directory_with("file", &content);
        let server = start(&["--root", directory.name()]);
        let answer = get(&server, "/file");
        assert_eq!(answer.status, 200);
        assert!(answer.content == content, "{length} bytes");
    }
}

#[test]
fn a_part_of_a_file_is_that_part() {
    let content = long(1_000_000);
    let directory = directory_with("file", &content);
    let server = start(&["--root", directory.name()]);
    let request = "GET /file HTTP/1.1\r\nHost: localhost\r\nRange: bytes=5000-999998\r\n\r\n";
    let answer = ask_one(&server, request);
    assert_eq!(answer.status, 206);
    assert!(answer.content == content[5000..999_999]);
}

#[test]
fn head_gets_the_head_that_get_gets() {
    let server = start(&[]);
    for target in [
        "/",
        "/style.css",
        "/pictures",
        "/nowhere",
        "/moved",
        "/broken",
        "/form",
        "/%zz",
        "/echo",
    ] {
        let (get, head) = (get(&server, target), head(&server, target));
        assert_eq!(get.head, head.head, "{target}");
    }
}

#[test]
fn head_gets_no_content_with_an_error_either() {
    let server = start(&[]);
    for request in [
        "HEAD / HTTP/1.1\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "\r\nHEAD / HTTP/9.9\r\nHost: a\r\n\r\n",
        "HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    ] {
        let mut client = server.client();
        client.send(request.as_bytes());
        client.finish_sending();
        let answer = one(take_apart(&client.read_to_end(), Content::IsLeftOut));
        assert!(answer.status >= 400, "{request:?}: {answer:?}");
    }
}

#[test]
fn nothing_above_the_root_is_served() {
    let server = start(&[]);
    for target in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/..%2fCargo.toml",
        "/pictures/../../Cargo.toml",
        "//etc/passwd",
    ] {
        let status = get(&server, target).status;
        assert!([400, 404].contains(&status), "{target}: {status}");
    }
}

#[test]
fn a_changed_file_is_served_anew_within_a_second() {
    let directory = directory_with("file", b"before");
    let server = start(&["--root", directory.name()]);
    assert_eq!(get(&server, "/file").text(), "before");
    fs::write(directory.join("file"), b"behind").unwrap();
    let changed = Instant::now();
    while get(&server, "/file").text() != "behind" {
        assert!(changed.elapsed() < harness::DEADLINE, "still the old one");
    }
}
