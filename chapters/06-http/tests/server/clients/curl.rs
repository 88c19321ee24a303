//! curl: the client that everybody has. Where it is missing, its tests are skipped and say so.

use std::io::{self, ErrorKind, Write};
use std::process::{Command, Output};
use std::{fs, thread};

use harness::Server;

use crate::answers::{directory_with, long};
use crate::start;

/// Whether there is no curl here. Then the test says so and shows nothing.
fn is_missing() -> bool {
    let found = Command::new("curl").arg("--version").output();
    let missing = found.is_err_and(|error| error.kind() == ErrorKind::NotFound);
    if missing {
        let test = thread::current();
        let name = test.name().and_then(|name| name.rsplit("::").next());
        let name = name.unwrap_or("curl");
        // Written to the descriptor itself: the test harness would swallow a println.
        let why = "curl is missing: sudo apt install curl";
        let _ = writeln!(io::stderr(), "SKIPPED {name}: {why}");
    }
    missing
}

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
    let output = output.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{options:?}: {errors}");
    output
}

#[test]
fn curl_gets_files_and_their_parts() {
    if is_missing() {
        return;
    }
    let content = long(3_000_000);
    let directory = directory_with("file", &content);
    let server = start(&["--root", directory.name()]);
    let whole = curl(&server, &[], &["/file"]).stdout;
    assert!(whole == content);
    let part = curl(&server, &["--range", "1000-2000000"], &["/file"]).stdout;
    assert!(part == content[1000..=2_000_000]);
}

#[test]
fn curl_gets_two_files_over_one_connection() {
    if is_missing() {
        return;
    }
    let server = start(&[]);
    let format = ["--write-out", "%{num_connects}", "--output", "/dev/null"];
    let options = [&format[..], &["--output", "/dev/null"]].concat();
    let connects = curl(&server, &options, &["/", "/style.css"]).stdout;
    assert_eq!(String::from_utf8_lossy(&connects), "10");
}

#[test]
fn curl_asks_whether_a_file_has_changed() {
    if is_missing() {
        return;
    }
    let server = start(&[]);
    let directory = directory_with("tag", b"");
    let tag = directory.join("tag");
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
    if is_missing() {
        return;
    }
    let content = long(1_000_000);
    let directory = directory_with("file", &content);
    let server = start(&[]);
    let file = format!("@{}", directory.join("file").display());
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
    if is_missing() {
        return;
    }
    let server = start(&[]);
    let output = curl(&server, &["--head"], &["/codes.html"]).stdout;
    let length = fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/site/codes.html"));
    let expected = format!("Content-Length: {}\r\n", length.unwrap().len());
    let head = String::from_utf8_lossy(&output);
    assert!(head.contains(&expected), "{head}");
}

/// The rows of the page of codes that have a command: the code, and the command.
fn commands() -> Vec<(String, String)> {
    let page = include_str!("../../../site/codes.html");
    let rows = page.split("<tr id=\"c").skip(1);
    let rows = rows.filter_map(|row| {
        let (_, command) = row.split_once("</td><td><code>")?;
        let (command, _) = command.split_once("</code>")?;
        let command = command.replace("&amp;", "&");
        Some((row[..3].to_owned(), command))
    });
    rows.collect()
}

#[test]
fn every_command_on_the_page_of_codes_gets_its_code() {
    if is_missing() {
        return;
    }
    let directory = directory_with("style.css", b"body {}");
    fs::write(directory.join("index.html"), "It works").unwrap();
    fs::create_dir(directory.join("pictures")).unwrap();
    fs::write(directory.join("pictures/loop.svg"), "<svg/>").unwrap();
    let server = start(&["--head-timeout", "1", "--root", directory.name()]);
    let address = server.address();
    // Not every machine has an nc, and they don't agree on when to end.
    let nc = format!(
        "nc() {{ exec 3<>/dev/tcp/{}/{}; cat >&3; cat <&3; }}",
        address.ip(),
        address.port()
    );
    let commands = commands();
    assert!(commands.len() >= 16, "{commands:?}");
    for (code, command) in commands {
        let command = command
            .replace("chapters/06-http/site", directory.name())
            .replace("localhost:7000", &address.to_string())
            .replace("sleep 25", "sleep 2")
            .replace("curl -i", "curl -s -i --max-time 20 --noproxy '*'");
        let script = format!("{nc}\n{command}");
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        let answer = String::from_utf8_lossy(&output.stdout);
        let expected = format!("HTTP/1.1 {code} ");
        assert!(answer.starts_with(&expected), "{command}: {answer:.200}");
    }
}
