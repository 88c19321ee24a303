use super::{Form, Target};
use crate::{Error, Method};

fn get(text: &[u8]) -> Result<Target<'_>, Error> {
    Target::parse(text, Method::Get)
}

#[test]
fn the_origin_form_is_a_path_and_perhaps_a_query() {
    let target = get(b"/a/b.html?x=1?y").expect("it is valid");
    assert_eq!(target.form(), Form::Origin);
    assert_eq!(target.path(), b"/a/b.html");
    assert_eq!(target.query(), Some(&b"x=1?y"[..]));
    assert_eq!(target.authority(), None);
}

#[test]
fn no_query_and_an_empty_one_are_two_things() {
    assert_eq!(get(b"/").map(Target::query), Ok(None));
    assert_eq!(get(b"/?").map(Target::query), Ok(Some(&b""[..])));
}

#[test]
fn the_absolute_form_has_an_authority_before_the_path() {
    let target = get(b"HTTP://Example.org:8080/a?b").expect("it is valid");
    assert_eq!(target.form(), Form::Absolute);
    assert_eq!(target.authority(), Some(&b"Example.org:8080"[..]));
    assert_eq!(target.path(), b"/a");
    assert_eq!(target.query(), Some(&b"b"[..]));
}

#[test]
fn the_absolute_form_without_a_path_means_the_root() {
    for (text, query) in [(&b"http://a"[..], None), (b"https://a?b", Some(&b"b"[..]))] {
        let target = get(text).expect("it is valid");
        assert_eq!(target.path(), b"/");
        assert_eq!(target.is_https(), text.starts_with(b"https"));
        assert_eq!(target.query(), query);
        assert_eq!(target.authority(), Some(&b"a"[..]));
    }
}

#[test]
fn connect_takes_an_authority_with_its_port_and_nothing_else() {
    let target = Target::parse(b"example.org:443", Method::Connect).expect("it is valid");
    assert_eq!(target.form(), Form::Authority);
    assert_eq!(target.authority(), Some(&b"example.org:443"[..]));
    assert_eq!(target.path(), b"");
    assert_eq!(target.query(), None);
    for text in [
        &b"/"[..],
        b"*",
        b"example.org",
        b"http://example.org/",
        b"a:b@c:1",
        b":443",
        b"a:",
    ] {
        let target = Target::parse(text, Method::Connect);
        assert_eq!(target, Err(Error::Target), "{}", text.escape_ascii());
    }
}

#[test]
fn only_connect_takes_an_authority() {
    assert_eq!(get(b"example.org:443"), Err(Error::Target));
    assert_eq!(Target::parse(b"a:80", Method::Options), Err(Error::Target));
}

#[test]
fn only_options_takes_the_asterisk() {
    let target = Target::parse(b"*", Method::Options).expect("it is valid");
    assert_eq!(target.form(), Form::Asterisk);
    assert_eq!((target.path(), target.query()), (&b""[..], None));
    assert_eq!(get(b"*"), Err(Error::Target));
    assert_eq!(Target::parse(b"**", Method::Options), Err(Error::Target));
}

#[test]
fn a_target_has_no_other_scheme_and_no_user() {
    for text in [
        &b"ftp://a/"[..],
        b"file:///etc/passwd",
        b"http:/a",
        b"http:a",
        b"http//a",
        b"http:///a",
        b"http://",
        b"http://user@a/",
        b"http://user:word@a/",
        b"index.html",
        b"?a",
        b"",
    ] {
        assert_eq!(get(text), Err(Error::Target), "{}", text.escape_ascii());
    }
}

/// As reported to whatwg/url#607 and #846, ada#970, node#57313, php-src#22628 (`^`), Kestrel#17402 and
/// mitmproxy#724 (raw UTF-8).
#[test]
fn a_path_holds_what_clients_send_and_no_more() {
    for byte in 0..=u8::MAX {
        let refused = byte <= b' ' || matches!(byte, 0x7f | b'#');
        assert_eq!(
            get(&[b'/', byte]).is_err(),
            refused,
            "{}",
            byte.escape_ascii()
        );
    }
}

/// As reported to warp#63, httpbin#402, hyper#3594 and http#474.
#[test]
fn a_query_holds_what_clients_send_and_no_more() {
    for byte in 0..=u8::MAX {
        let refused = byte <= b' ' || matches!(byte, 0x7f | b'#');
        assert_eq!(
            get(&[b'/', b'?', byte]).is_err(),
            refused,
            "{}",
            byte.escape_ascii()
        );
    }
}
