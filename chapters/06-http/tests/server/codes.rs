//! Every code that the server answers with, and what makes it do so.

use std::fs;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::answers::{ask_one, directory_with, get};
use crate::start;

#[test]
fn each_code_has_its_request() {
    let server = start(&[]);
    let long = "0".repeat(99_999);
    for (request, status) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        ("OPTIONS /form HTTP/1.1\r\nHost: a\r\n\r\n", 204),
        (
            "GET /style.css HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9\r\n\r\n",
            206,
        ),
        ("GET /pictures HTTP/1.1\r\nHost: a\r\n\r\n", 301),
        ("GET /moved HTTP/1.1\r\nHost: a\r\n\r\n", 302),
        ("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n", 304),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 404),
        (
            "POST /style.css HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            405,
        ),
        ("GET /form HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        ("POST /form HTTP/1.0\r\n\r\n", 411),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nIf-Match: \"old\"\r\n\r\n",
            412,
        ),
        (
            "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n",
            413,
        ),
        (&format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), 414),
        (
            "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
            415,
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=1000000-\r\n\r\n",
            416,
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n", 417),
        ("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 421),
        (
            &format!("GET / HTTP/1.1\r\nHost: a\r\nLong: {long}\r\n\r\n"),
            431,
        ),
        ("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n", 500),
        ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("BREW /form HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 501),
        ("GET / HTTP/2.0\r\n\r\n", 505),
    ] {
        let answer = ask_one(&server, request);
        let shown = &request[..request.len().min(60)];
        assert_eq!(answer.status, status, "{}", shown.escape_debug());
    }
}

#[test]
fn a_pipe_is_forbidden() {
    let directory = directory_with("file", b"");
    mkfifo(&directory.join("pipe"), Mode::S_IRWXU).unwrap();
    let server = start(&["--root", directory.name()]);
    assert_eq!(get(&server, "/pipe").status, 403);
    fs::remove_file(directory.join("pipe")).unwrap();
}

#[test]
fn who_may_ask_what_is_said_by_allow() {
    let server = start(&[]);
    let all = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    for (request, allowed) in [
        ("OPTIONS *", all), // for /echo takes them all
        ("OPTIONS /style.css", "GET, HEAD, OPTIONS"),
        ("OPTIONS /", "GET, HEAD, OPTIONS"),
        ("OPTIONS /form", "POST, OPTIONS"),
        ("OPTIONS /moved", "GET, HEAD, OPTIONS"),
        ("DELETE /style.css", "GET, HEAD, OPTIONS"),
        ("GET /form", "POST, OPTIONS"),
        ("DELETE /moved", "GET, HEAD, OPTIONS"),
    ] {
        let answer = ask_one(&server, format!("{request} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(answer.field("Allow"), Some(allowed), "{request}");
    }
}

#[test]
fn what_is_allowed_is_done() {
    let server = start(&[]);
    for path in ["/style.css", "/form", "/moved"] {
        let options = ask_one(
            &server,
            format!("OPTIONS {path} HTTP/1.1\r\nHost: a\r\n\r\n"),
        );
        let allowed = options.field("Allow").unwrap_or("").split(", ");
        let allowed: Vec<_> = allowed.collect();
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
            let done = ask_one(&server, request).status != 405;
            let said = allowed.contains(&method);
            assert_eq!(done, said, "{method} {path}: {allowed:?}");
        }
    }
}

#[test]
fn of_a_file_that_is_not_there_no_method_is_taken() {
    let server = start(&[]);
    for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
        let request = format!("{method} /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(ask_one(&server, request).status, 404, "{method}");
    }
}

#[test]
fn a_target_may_name_the_host_as_well() {
    let server = start(&[]);
    for host in ["localhost", "localhost:80", "another.example"] {
        let request = format!("GET http://localhost/style.css HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(ask_one(&server, request).status, 200, "{host}");
    }
}

#[test]
fn a_resource_of_https_is_not_to_be_had_without_tls() {
    let server = start(&[]);
    assert_eq!(get(&server, "/style.css").status, 200); // from now on it is at hand
    for (request, status) in [
        ("GET http://a/style.css", 200),
        ("GET https://a/style.css", 421),
        ("GET HTTPS://a/moved", 421),
        ("GET /https://a/", 404),
        ("POST https://a/echo", 421),
        ("POST http://a/echo", 200),
    ] {
        let request = format!("{request} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(ask_one(&server, &request).status, status, "{request}");
    }
}
