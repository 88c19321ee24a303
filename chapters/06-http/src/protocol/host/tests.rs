use std::net::Ipv6Addr;

use proptest::prelude::*;

use super::is_host;

#[test]
fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
    for text in [
        &b"a"[..],
        b"a.b-c_d:80",
        b"127.0.0.1:7000",
        b"[::1]",
        b"[::1]:65535",
        b"[::ffff:127.0.0.1]",
        b"[v7.a:b]",
        b"a:0",
        b"a:",
        b"[::1]:",
        b"a:000080",
        b"a,b",
        b"%61",
        b"a%2Fb%c3%A4:80",
        b"!$&'()*+,;=",
    ] {
        assert!(is_host(text), "{}", text.escape_ascii());
    }
    for text in [
        &b""[..],
        b":80",
        b":",
        b"a:65536",
        b"a:100000",
        b"a:8o",
        b"a:+1",
        b"a:80:80",
        b"a::",
        b"a b",
        b"a, b",
        b"a/b",
        b"u@a",
        b"a?b",
        b"a#b",
        b"a\\b",
        b"[::1",
        b"::1",
        b"[]",
        b"[a]",
        b"[::g]",
        b"[1:2:3]",
        b"[::1%25lo]",
        b"[127.0.0.1]",
        b"[::1]x",
        b"[a]b]",
        b"[v.a]",
        b"[v7.]",
        b"[v7a]",
        b"\xc3\xa4",
        b"%",
        b"%6",
        b"%6g",
        b"a%:80",
    ] {
        assert!(!is_host(text), "{}", text.escape_ascii());
    }
}

/// A host, as RFC 3986 §3.2.2 has it.
fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "([a-zA-Z0-9._~!$&'()*+,;=-]|%[0-9a-fA-F]{2}){1,12}",
        any::<Ipv6Addr>().prop_map(|address| format!("[{address}]")),
        any::<u32>().prop_map(|low| format!("[{}]", Ipv6Addr::from_bits(low.into()))),
        "\\[[vV][0-9a-fA-F]{1,3}\\.[a-zA-Z0-9._~!$&'()*+,;=:-]{1,8}\\]",
    ]
}

/// Nothing, a colon, or a colon and a port.
fn port() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just(":".to_string()),
        any::<u16>().prop_map(|port| format!(":{port}")),
    ]
}

/// A byte that stands nowhere in a host or a port.
fn forbidden() -> impl Strategy<Value = u8> {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%:[]".contains(byte);
    any::<u8>().prop_filter("it is allowed", move |byte| !allowed(byte))
}

proptest! {
    #[test]
    fn what_the_grammar_allows_is_a_host(host in host(), port in port()) {
        let text = host + &port;
        prop_assert!(is_host(text.as_bytes()), "{text}");
    }

    #[test]
    fn a_forbidden_byte_anywhere_makes_it_none(
        host in host(),
        port in port(),
        byte in forbidden(),
        at: usize,
    ) {
        let mut text = (host + &port).into_bytes();
        let mut replaced = text.clone();
        let length = replaced.len();
        replaced[at % length] = byte;
        prop_assert!(!is_host(&replaced), "{}", replaced.escape_ascii());
        text.insert(at % (length + 1), byte);
        prop_assert!(!is_host(&text), "{}", text.escape_ascii());
    }

    #[test]
    fn a_percent_sign_needs_its_two_digits(host in "[a-z.,]{0,9}", digit in "[0-9a-f]?", port in port()) {
        let text = format!("{host}%{digit}{port}");
        prop_assert!(!is_host(text.as_bytes()), "{text}");
    }

    #[test]
    fn a_bracket_that_is_missing_makes_it_none(address: Ipv6Addr, port in port()) {
        for text in [format!("[{address}{port}"), format!("{address}]{port}")] {
            prop_assert!(!is_host(text.as_bytes()), "{text}");
        }
    }
}
