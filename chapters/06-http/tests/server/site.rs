//! The site that comes with the chapter, and files of any length.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use harness::Server;

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

/// As reported to devfile/api#567 and docdoku-plm#47; apt asks flat repositories for `/./`.
#[test]
fn dots_and_empty_segments_of_a_path_count_for_nothing() {
    let server = start(&[]);
    let index = get(&server, "/index.html").content;
    for path in [
        "/./index.html",
        "//index.html",
        "//",
        "/pictures/..",
        "/.//pictures/../index.html",
    ] {
        let answer = get(&server, path);
        assert_eq!((answer.status, &answer.content), (200, &index), "{path}");
    }
    assert_eq!(get(&server, "//pictures//.").status, 200);
    assert_eq!(
        get(&server, "//pictures").field("Location"),
        Some("/pictures/")
    );
    assert_eq!(get(&server, "//example.org/..//").status, 200);
    for path in [
        "/..",
        "/../site/index.html",
        "/pictures/../../index.html",
        "/%2e%2e/index.html",
    ] {
        assert_eq!(get(&server, path).status, 404, "{path}");
    }
}

/// As reported to zealphp#232 and WebToApp#18: a guard that looks at another form of the path.
#[test]
fn a_route_has_its_path_in_whatever_form() {
    let server = start(&[]);
    for path in ["//form", "/./form", "/x/../form", "/%2e/form"] {
        assert_eq!(get(&server, path).status, 405, "{path}");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\na=b"
        );
        let answer = ask_one(&server, request);
        assert!(
            answer.text().contains("<td>b</td>"),
            "{path}: its body is taken"
        );
    }
}

#[test]
fn echo_takes_what_no_path_can_be() {
    let server = start(&["--echo"]);
    for path in ["/a%2Fb", "/%00", "/%zz", "/../x", "/%"] {
        let request = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        let answer = ask_one(&server, request);
        assert_eq!(
            (answer.status, &*answer.content),
            (200, &b"hi"[..]),
            "{path}"
        );
    }
}

/// As reported to whatwg/url#607 (Safari), node#57313 and php-src#22628.
#[test]
fn a_file_has_the_name_that_a_client_leaves_raw() {
    let directory = directory_with("a^b\u{e4}{1}.txt", b"content");
    let server = start(&["--root", directory.name()]);
    for path in ["/a^b\u{e4}{1}.txt", "/a%5Eb%C3%A4%7b1%7d.txt"] {
        let answer = get(&server, path);
        assert_eq!(
            (answer.status, &*answer.content),
            (200, &b"content"[..]),
            "{path}"
        );
    }
    assert_eq!(
        get(&server, "/a^b\u{e4}{1}.txt?q=\u{e4}\"<>{}`").status,
        200
    );
}

/// As reported to kettle11/devserver#11, LiveServer.jl#161 and responder#453.
#[test]
fn a_root_that_is_made_anew_is_followed() {
    let directory = directory_with("other", b"");
    let (root, kept) = (directory.join("root"), directory.join("kept"));
    fs::create_dir(&root).unwrap();
    fs::write(root.join("page"), "old").unwrap();
    let server = start(&["--root", root.to_str().unwrap()]);
    assert_eq!(get(&server, "/page").content, b"old");
    fs::rename(&root, &kept).unwrap();
    fs::create_dir(&root).unwrap();
    fs::write(root.join("page"), "new").unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while get(&server, "/page").content != b"new" {
        assert!(
            Instant::now() < deadline,
            "the old directory is still served"
        );
    }
}

#[test]
fn at_a_loopback_address_only_names_of_this_machine_count() {
    let server = Server::spawn(
        env!("CARGO_BIN_EXE_ch06-http"),
        &["--host-name", "known.test"],
    );
    let status = |host: &str| {
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        ask_one(&server, request).status
    };
    for host in ["localhost", "127.0.0.1:7000", "[::1]:7000", "known.test:80"] {
        assert_eq!(status(host), 200, "{host}");
    }
    // The page is at hand by now, and isn't sent from there either.
    for host in ["evil.example", "localhost.evil.example:7000"] {
        assert_eq!(status(host), 421, "{host}");
    }
    let absolute = "GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(
        ask_one(&server, absolute).status,
        421,
        "the target's host counts"
    );
}

#[test]
fn an_echo_answers_by_any_name() {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch06-http"), &["--echo"]);
    let request = "GET / HTTP/1.1\r\nHost: any.example\r\n\r\n";
    assert_eq!(ask_one(&server, request).status, 200);
}
