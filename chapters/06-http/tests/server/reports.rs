//! What users have reported to other projects: right here, and to stay so.

use harness::{Directory, Server};

use crate::answers::{Content, ask, ask_one, take_apart};
use crate::start;

/// A server of a file with 1058 bytes, one with none, a directory, and names with percent signs.
fn site() -> (Directory, Server) {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    directory.write("file", [b'x'; 1058]);
    for name in ["empty", "50%.png", "a%2fb", "site.css"] {
        directory.write(name, b"");
    }
    let server = start(&["--root", directory.name()]);
    (directory, server)
}

fn with(target: &str, fields: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n")
}

#[test]
fn ranges_at_the_edges() {
    let (_directory, server) = site();
    for (project, target, range, status, place, length) in [
        (
            "roundcubemail#10143",
            "/file",
            "-500",
            206,
            "bytes 558-1057/1058",
            500,
        ),
        (
            "roundcubemail#10143",
            "/file",
            "-9999",
            206,
            "bytes 0-1057/1058",
            1058,
        ),
        (
            "shelf#540, chimera#1196",
            "/file",
            "-0",
            416,
            "bytes */1058",
            0,
        ),
        ("helidon#12259, eliza#12585", "/empty", "-5", 200, "", 0),
        (
            "static-web-server#669",
            "/file",
            "-18446744073709551616",
            206,
            "bytes 0-1057/1058",
            1058,
        ),
        (
            "static-web-server#669",
            "/file",
            "18446744073709551616-",
            416,
            "bytes */1058",
            0,
        ),
        (
            "static-web-server#669",
            "/file",
            "0-18446744073709551616",
            206,
            "bytes 0-1057/1058",
            1058,
        ),
        (
            "sanic#1139, servr#41",
            "/file",
            "0-",
            206,
            "bytes 0-1057/1058",
            1058,
        ),
        ("node-static#161", "/file", "0-0", 206, "bytes 0-0/1058", 1),
    ] {
        let answer = ask_one(&server, with(target, &format!("Range: bytes={range}\r\n")));
        let place_said = answer.field("Content-Range").unwrap_or_default();
        assert_eq!((answer.status, place_said), (status, place), "{project}");
        if status != 416 {
            assert_eq!(answer.content.len(), length, "{project}");
        }
    }
}

#[test]
fn paths_with_codes() {
    let (_directory, server) = site();
    for (project, target, status) in [
        ("openswoole#392, drogon#2591", "/site.css%00.png", 400),
        ("http-server#502, restify#1864, starlette#2563", "/%00", 400),
        ("h3#1431", "/50%25.png", 200),
        ("h3#1431", "/a%252fb", 200),
    ] {
        assert_eq!(
            ask_one(&server, with(target, "")).status,
            status,
            "{project}"
        );
    }
}

#[test]
fn conditions_that_meet() {
    let (_directory, server) = site();
    let whole = ask_one(&server, with("/file", ""));
    let (tag, date) = (
        whole.field("ETag").unwrap(),
        whole.field("Last-Modified").unwrap(),
    );
    let opaque = tag.strip_prefix("W/").unwrap_or(tag);
    for (project, fields, status) in [
        (
            "http-serve#23, jersey#382, node-static#69, http4s#2529",
            format!("If-None-Match: \"other\"\r\nIf-Modified-Since: {date}\r\n"),
            200,
        ),
        (
            "llama.cpp#23916, webpy#747",
            format!("If-None-Match: W/{opaque}\r\n"),
            304,
        ),
        (
            "tomcat#325",
            format!("If-None-Match: \"a,b\", {tag}\r\n"),
            304,
        ),
        (
            "tomcat#325",
            format!("If-None-Match: \"{}\"\r\n", opaque.replace('"', "'")),
            200,
        ),
        (
            "static-web-server#679",
            format!("If-Match: W/{opaque}\r\n"),
            412,
        ),
    ] {
        let answer = ask_one(&server, with("/file", &fields));
        assert_eq!(answer.status, status, "{project}");
        if status == 304 {
            assert_eq!(answer.field("ETag"), Some(tag), "tomcat#337");
        }
    }
}

#[test]
fn a_chunked_body_ends_where_its_trailer_does() {
    let server = start(&[]);
    for (project, chunks) in [
        (
            "moonbitlang/async#618, civetweb#1133",
            "2;foo=bar\r\nhi\r\n0\r\n\r\n",
        ),
        ("civetweb#1133", "2;a=\"b;c\"\r\nhi\r\n0;x\r\n\r\n"),
        (
            "bun#32887, httrack#855, hotaru#37",
            "2\r\nhi\r\n0\r\nX-Trail: one\r\n\r\n",
        ),
        ("k3po#136", "002\r\nhi\r\n000\r\nA: b\r\nC: d\r\n\r\n"),
    ] {
        let first = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
        let answers = ask(&server, format!("{first}{chunks}{}", with("/", "")));
        assert_eq!(answers.len(), 2, "{project}: {answers:?}");
        assert_eq!(
            (answers[0].status, &*answers[0].content),
            (200, &b"hi"[..]),
            "{project}"
        );
        assert_eq!(answers[1].status, 200, "{project}");
    }
}

/// wsgidav#123 sent content, tornado#1645 and xrootd#1218 ask which length is right, and node#61919 sent
/// none.
#[test]
fn head_says_the_length_and_sends_nothing() {
    let (_directory, server) = site();
    for (target, length) in [("/file", "1058"), ("/empty", "0")] {
        let mut client = server.client();
        client.send(with(target, "").replace("GET", "HEAD").as_bytes());
        client.finish_sending();
        let answers = take_apart(&client.read_to_end(), Content::IsLeftOut);
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].field("Content-Length"), Some(length));
    }
}

/// As reported to Rocket#2783, libevent#321, grackle#1263 and true-async/server#287: what is closed with
/// bytes unread is reset, and the reset overtakes the answer. capnproto#2831: the answer says that it is
/// the last.
#[test]
fn a_refusal_reaches_a_client_that_still_uploads() {
    let server = start(&[]);
    for framing in ["Content-Length: 2000000", "Transfer-Encoding: chunked"] {
        let head = format!("POST /echo HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n");
        let body = format!("{:x}\r\n{}", 2_000_000, "x".repeat(2_000_000));
        let mut client = server.client();
        client.send([head.as_bytes(), body.as_bytes()].concat().as_slice());
        let answers = take_apart(&client.read_to_end(), Content::Comes);
        assert_eq!((answers.len(), answers[0].status), (1, 413), "{framing}");
        assert_eq!(answers[0].field("Connection"), Some("close"), "{framing}");
    }
}
