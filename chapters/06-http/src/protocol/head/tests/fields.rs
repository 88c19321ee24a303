use std::fmt::Write;

use super::{Error, error, field_error, see};

#[test]
fn a_field_has_a_name_and_a_value_without_space_around_it() {
    see(
        "GET / HTTP/1.1\r\nHost: a\r\nX:\t b c \t\r\nEmpty:\r\n\r\n",
        |head| {
            let fields: Vec<_> = head.fields.iter().collect();
            let expected: [(&[u8], &[u8]); 3] = [(b"Host", b"a"), (b"X", b"b c"), (b"Empty", b"")];
            assert_eq!(fields, expected);
        },
    );
}

#[test]
fn a_name_is_found_in_whatever_case() {
    see(
        "GET / HTTP/1.1\r\nhOST: a\r\nIF-None-match: b\r\n\r\n",
        |head| {
            assert_eq!(head.fields.get("If-None-Match"), Some(&b"b"[..]));
            assert_eq!(head.fields.get("host"), Some(&b"a"[..]));
            assert_eq!(head.fields.get("if-match"), None);
        },
    );
}

#[test]
fn a_value_may_hold_a_colon_and_bytes_beyond_ascii() {
    let text = "GET / HTTP/1.1\r\nHost: a:80\r\nX: \u{e4}\u{4e2d}:\r\n\r\n";
    see(text, |head| {
        assert_eq!(head.fields.get("x"), Some("\u{e4}\u{4e2d}:".as_bytes()));
        assert_eq!(head.host(), Some(&b"a:80"[..]));
    });
}

#[test]
fn a_list_may_be_spread_over_several_fields() {
    let text = "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive,,Upgrade ,\r\nX: y\r\n\
                connection: , Foo\r\n\r\n";
    see(text, |head| {
        let list: Vec<_> = head.fields.list("connection").collect();
        assert_eq!(list, [&b"keep-alive"[..], b"Upgrade", b"Foo"]);
        assert!(head.fields.has_token("Connection", "upgrade"));
        assert!(!head.fields.has_token("Connection", "up"));
        assert!(!head.fields.has_token("Connection", ""));
    });
}

#[test]
fn each_of_many_fields_is_found() {
    let names = |case: fn(&str) -> String| (0..90).map(move |n| case(&format!("x-Field-{n}")));
    let mut text = String::from("GET / HTTP/1.1\r\nHost: a\r\n");
    for name in names(str::to_string) {
        write!(text, "{name}: {name}\r\n").expect("a string takes all");
    }
    text += "\r\n";
    see(&text, |head| {
        for (name, other) in names(str::to_string).zip(names(str::to_uppercase)) {
            assert_eq!(head.fields.get(&other), Some(name.as_bytes()));
        }
    });
}

#[test]
fn connection_close_ends_it_and_keep_alive_keeps_an_old_one() {
    let keeps = |version: &str, fields: &str| {
        let text = format!("GET / HTTP/{version}\r\nHost: a\r\n{fields}\r\n");
        see(&text, |head| head.keep_alive())
    };
    assert!(keeps("1.1", ""));
    assert!(!keeps("1.0", ""));
    assert!(keeps("1.0", "Connection: Keep-Alive\r\n"));
    assert!(!keeps("1.1", "Connection: Close\r\n"));
    assert!(!keeps("1.1", "Connection: upgrade, close\r\n"));
    assert!(!keeps(
        "1.1",
        "Connection: close\r\nConnection: keep-alive\r\n"
    ));
    assert!(!keeps("1.0", "Connection: keep-alive, close\r\n"));
    assert!(keeps("1.1", "Connection: closed\r\n"));
}

#[test]
fn a_client_that_expects_100_says_so_before_a_body() {
    let expects = |version: &str, fields: &str| {
        let text = format!("POST / HTTP/{version}\r\nHost: a\r\n{fields}\r\n");
        see(&text, |head| head.expects_continue())
    };
    assert!(expects(
        "1.1",
        "Expect: 100-Continue\r\nContent-Length: 1\r\n"
    ));
    assert!(expects(
        "1.1",
        "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"
    ));
    assert!(!expects("1.1", "Content-Length: 1\r\n"));
    assert!(!expects(
        "1.1",
        "Expect: 100-continue\r\nContent-Length: 0\r\n"
    ));
    assert!(!expects("1.1", "Expect: 100-continue\r\n"));
    assert!(!expects("1.1", "Expect:\r\nContent-Length: 1\r\n"));
    assert!(!expects("1.1", "Expect: ,\r\nContent-Length: 1\r\n"));
    assert!(expects(
        "1.1",
        "Expect: 100-continue\r\nExpect:\r\nContent-Length: 1\r\n"
    ));
    assert!(!expects(
        "1.0",
        "Expect: 100-continue\r\nContent-Length: 1\r\n"
    ));
}

#[test]
fn an_unknown_expectation_is_not_met() {
    for value in ["200-maybe", "100-continue, x", "100-continue=1", "100"] {
        assert_eq!(
            field_error(&format!("Expect: {value}")),
            Error::Expectation,
            "{value}"
        );
    }
}

#[test]
fn a_folded_line_is_refused() {
    assert_eq!(field_error("X: a\r\n b"), Error::Folded);
    assert_eq!(field_error("X: a\r\n\tb: c"), Error::Folded);
}

#[test]
fn nothing_stands_between_the_request_line_and_the_first_field() {
    assert_eq!(error("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), Error::Folded);
    assert_eq!(
        error("GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n"),
        Error::Folded
    );
}

#[test]
fn a_line_without_a_colon_is_refused() {
    for line in ["X", "X y", "X=y", "GET / HTTP/1.1"] {
        assert_eq!(field_error(line), Error::NoColon, "{line}");
    }
}

#[test]
fn a_name_is_a_token() {
    for name in [
        "", "(x)", "x y", "\"x\"", "x/y", "x\u{e4}", "x@y", "{x}", "x,y", "x;y", "[x]",
    ] {
        assert_eq!(
            field_error(&format!("{name}: 1")),
            Error::FieldName,
            "{name}"
        );
    }
}

#[test]
fn a_space_or_tab_before_the_colon_is_refused() {
    for name in ["X ", "X\t", "Content-Length ", "X  "] {
        assert_eq!(
            field_error(&format!("{name}: 1")),
            Error::SpaceBeforeColon,
            "{name}"
        );
    }
}

#[test]
fn http_1_1_needs_a_host() {
    assert_eq!(error("GET / HTTP/1.1\r\n\r\n"), Error::NoHost);
    assert_eq!(error("GET / HTTP/1.1\r\nX-Host: a\r\n\r\n"), Error::NoHost);
    assert_eq!(error("GET http://a/ HTTP/1.1\r\n\r\n"), Error::NoHost);
}

#[test]
fn several_hosts_are_refused_even_if_they_are_the_same() {
    assert_eq!(field_error("Host: b"), Error::SeveralHosts);
    assert_eq!(field_error("host: a"), Error::SeveralHosts);
    assert_eq!(
        error("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
        Error::SeveralHosts
    );
}

#[test]
fn a_host_that_is_none_is_refused() {
    for host in [
        "", "a b", "a, b", "a%", "http://a", "a/", "u@a", "a:b", "a:99999", "[::1", "\u{e4}",
    ] {
        let text = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(error(text), Error::Host, "{host}");
    }
}

#[test]
fn the_host_of_the_target_counts_whatever_the_field_says() {
    for host in ["A:80", "a:80", "a", "b", "b:1"] {
        let text = format!("GET http://A:80/ HTTP/1.1\r\nHost: {host}\r\n\r\n");
        see(&text, |head| {
            assert_eq!(head.host(), Some(&b"A:80"[..]), "{host}");
        });
    }
    let text = "CONNECT a:1 HTTP/1.1\r\nHost: b:1\r\n\r\n";
    see(text, |head| assert_eq!(head.host(), Some(&b"a:1"[..])));
    for host in ["", "b c"] {
        let text = format!("GET http://a/ HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(error(text), Error::Host, "{host}");
    }
}

#[test]
fn every_control_character_in_a_value_is_refused() {
    for byte in (0..0x20_u8)
        .chain([0x7f])
        .filter(|byte| !b"\t\r\n".contains(byte))
    {
        let mut text = b"GET / HTTP/1.1\r\nHost: a\r\nX: a".to_vec();
        text.extend([byte, b'b', b'\r', b'\n', b'\r', b'\n']);
        assert_eq!(error(text), Error::Control, "{byte:#04x}");
    }
}
