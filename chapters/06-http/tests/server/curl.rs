//! A client that others have written.

use std::fs;
use std::process::{Command, Output};

use harness::Server;

use crate::answers::{Directory, long};
use crate::start;

/// Runs curl for `paths` of the server; what it has received.
fn curl(server: &Server, options: &[&str], paths: &[&str]) -> Output {
    let urls = paths
        .iter()
        .map(|path| format!("http://{}{path}", server.address()));
    let mut command = Command::new("curl");
    command.args([
        "--silent",
        "--show-error",
        "--max-time",
        "10",
        "--noproxy",
        "*",
    ]);
    let output = command.args(options).args(urls).output();
    let output = output.expect("this test needs curl: sudo apt install curl");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{options:?}: {errors}");
    output
}

#[test]
fn curl_gets_files_and_their_parts() {
    let content = long(3_000_000);
    let directory = Directory::with("file", &content);
    let server = start(&["--root", directory.name()]);
    let whole = curl(&server, &[], &["/file"]).stdout;
    assert!(whole == content);
    let part = curl(&server, &["--range", "1000-2000000"], &["/file"]).stdout;
    assert!(part == content[1000..=2_000_000]);
}

#[test]
fn curl_gets_two_files_over_one_connection() {
    let server = start(&[]);
    let format = ["--write-out", "%{num_connects}", "--output", "/dev/null"];
    let options = [&format[..], &["--output", "/dev/null"]].concat();
    let connects = curl(&server, &options, &["/", "/style.css"]).stdout;
    assert_eq!(String::from_utf8_lossy(&connects), "10");
}

#[test]
fn curl_asks_whether_a_file_has_changed() {
    let server = start(&[]);
    let directory = Directory::with("tag", b"");
    let tag = directory.path().join("tag");
    let tag = tag.to_str().unwrap();
    let options = ["--etag-compare", tag, "--etag-save", tag];
    let format = ["--write-out", "%{http_code}", "--output", "/dev/null"];
    let options = [&options[..], &format].concat();
    for status in ["200", "304"] {
        let output = curl(&server, &options, &["/"]).stdout;
        assert_eq!(String::from_utf8_lossy(&output), status);
    }
}

#[test]
fn curl_uploads_with_and_without_expect() {
    let content = long(1_000_000);
    let directory = Directory::with("file", &content);
    let server = start(&[]);
    let file = format!("@{}", directory.path().join("file").display());
    for field in [
        "Expect: 100-continue",
        "Expect:",
        "Transfer-Encoding: chunked",
    ] {
        let options = ["--data-binary", &file, "--header", field];
        assert!(
            curl(&server, &options, &["/echo"]).stdout == content,
            "{field}"
        );
    }
}

#[test]
fn curl_is_content_with_head() {
    let server = start(&[]);
    let output = curl(&server, &["--head"], &["/codes.html"]).stdout;
    let length = fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/site/codes.html"));
    let expected = format!("Content-Length: {}\r\n", length.unwrap().len());
    let head = String::from_utf8_lossy(&output);
    assert!(head.contains(&expected), "{head}");
}
