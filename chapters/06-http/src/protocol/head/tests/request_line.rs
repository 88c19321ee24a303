use super::{Error, Head, Method, Version, error, see};
use crate::Form;

#[test]
fn a_request_line_has_a_method_a_target_and_a_version() {
    see("GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n", |head| {
        assert_eq!(head.method, Method::Get);
        assert_eq!(head.target.path(), b"/a");
        assert_eq!(head.target.query(), Some(&b"b"[..]));
        assert_eq!(head.version, Version::Http11);
    });
}

#[test]
fn an_unknown_method_is_passed_on() {
    see("M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n", |head| {
        assert_eq!(head.method, Method::Other(b"M-SEARCH"));
    });
}

#[test]
fn http_1_0_needs_no_host() {
    let head = |head: &Head<'_>| (head.version, head.host().is_some());
    assert_eq!(
        see("GET / HTTP/1.0\r\n\r\n", head),
        (Version::Http10, false)
    );
}

#[test]
fn a_higher_minor_version_is_taken_for_1_1() {
    for version in ["1.1", "1.2", "1.9"] {
        let text = format!("GET / HTTP/{version}\r\nHost: a\r\n\r\n");
        assert_eq!(
            see(&text, |head| head.version),
            Version::Http11,
            "{version}"
        );
    }
}

#[test]
fn another_major_version_is_not_spoken_here() {
    for version in ["0.9", "2.0", "3.0", "9.9"] {
        let text = format!("GET / HTTP/{version}\r\nHost: a\r\n\r\n");
        assert_eq!(error(text), Error::VersionUnsupported, "{version}");
    }
    assert_eq!(
        error("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Error::VersionUnsupported
    );
}

#[test]
fn a_version_is_in_capitals_and_has_two_digits() {
    for version in [
        "http/1.1",
        "Http/1.1",
        "hTTP/1.1",
        "HtTP/1.1",
        "HTtP/1.1",
        "HTTp/1.1",
        "HTTP-1.1",
        "HTTP/1-1",
        "HTTP/1.x",
        "HTTP/x.1",
        "HTTP/1,1",
        "HTTP/1",
        "HTTP/1.",
        "HTTP/.1",
        "HTTP/1.10",
        "HTTP/01.1",
        "HTTP/11",
        "HTTPS/1.1",
        "HTTP1.1",
        "HTTP/-1.1",
        "1.1",
        "",
    ] {
        let text = format!("GET / {version}\r\nHost: a\r\n\r\n");
        assert_eq!(error(text), Error::Version, "{version}");
    }
}

#[test]
fn exactly_one_space_stands_between_the_words() {
    for line in [
        "",
        "GET",
        "GET /",
        "GET/ HTTP/1.1",
        "GET  HTTP/1.1",
        "GET HTTP/1.1",
        "GET / HTTP/1.1 x",
        "GET / HTTP/1.1  ",
        " HTTP/1.1",
    ] {
        let text = format!("{line} \r\nHost: a\r\n\r\n");
        let error = error(text);
        assert!(
            matches!(error, Error::RequestLine | Error::Version),
            "{line}: {error:?}"
        );
    }
    for line in [
        "GET / HTTP/1.1 ",
        " GET / HTTP/1.1",
        "GET  / HTTP/1.1",
        "GET /  HTTP/1.1",
        "GET\t/ HTTP/1.1",
        "GET /\tHTTP/1.1",
        "GET / /b HTTP/1.1",
    ] {
        error(format!("{line}\r\nHost: a\r\n\r\n"));
    }
}

#[test]
fn a_request_of_http_0_9_is_refused() {
    assert_eq!(error("GET /\r\n"), Error::RequestLine);
}

#[test]
fn a_bad_line_is_refused_before_the_rest_has_come() {
    assert_eq!(error("GET / HTTP/1.x\r\n"), Error::Version);
}

#[test]
fn a_few_empty_lines_before_the_request_line_are_overlooked() {
    for lines in 0..=4 {
        let text = "\r\n".repeat(lines) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        see(&text, |head| {
            assert_eq!(head.text(), b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assert_eq!(head.fields.get("host"), Some(&b"a"[..]));
        });
    }
}

#[test]
fn more_empty_lines_are_refused() {
    assert_eq!(error("\r\n".repeat(5)), Error::EmptyLines);
}

#[test]
fn an_empty_line_is_no_bare_line_feed() {
    assert_eq!(error("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), Error::BareLf);
}

#[test]
fn targets_in_all_four_forms_are_read() {
    for (line, form) in [
        ("GET / HTTP/1.1", Form::Origin),
        ("GET http://a/ HTTP/1.1", Form::Absolute),
        ("OPTIONS * HTTP/1.1", Form::Asterisk),
    ] {
        let text = format!("{line}\r\nHost: a\r\n\r\n");
        assert_eq!(see(&text, |head| head.target.form()), form, "{line}");
    }
    let text = "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n";
    assert_eq!(see(text, |head| head.target.form()), Form::Authority);
}

#[test]
fn bytes_beyond_ascii_have_no_place_in_a_method_or_a_version() {
    for (line, wrong) in [
        (&b"G\xc3\xa4T / HTTP/1.1"[..], Error::Method),
        (b"GET / HTTP/1.\xc3\xa4", Error::Version),
        (b"GET /\xc2\xa0HTTP/1.1", Error::RequestLine),
    ] {
        let request = [line, b"\r\nHost: a\r\n\r\n"].concat();
        assert_eq!(error(&request), wrong, "{}", line.escape_ascii());
    }
}
