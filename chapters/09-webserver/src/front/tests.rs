use std::net::IpAddr;

use http::{HeadParser, Limits};

use super::Front;
use crate::Token;

/// What `look` sees of the head of a POST with these fields.
fn with<T>(fields: &str, look: impl FnOnce(&http::Head<'_>) -> T) -> T {
    let input = format!("POST /login HTTP/1.1\r\nHost: example.org\r\n{fields}\r\n");
    let parsed = HeadParser::default().parse(input.as_bytes(), &Limits::default());
    let (head, _) = parsed.expect("a head").expect("all of it");
    look(&head)
}

fn behind_proxy() -> Front {
    Front {
        proxy: Some([127, 0, 0, 1].into()),
        public_origin: Some("https://example.org".to_owned()),
    }
}

#[test]
fn only_the_proxy_is_believed_and_only_the_address_that_it_has_seen() {
    let address = |front: &Front, peer: [u8; 4], fields: &str| -> IpAddr {
        with(fields, |head| {
            front.address(Some((peer, 80).into()), head.fields)
        })
    };
    let forwarded = "X-Forwarded-For: 10.0.0.1, 10.0.0.2\r\nX-Forwarded-For: 10.0.0.3\r\n";
    let (front, proxy, other) = (behind_proxy(), [127, 0, 0, 1], [192, 0, 2, 1]);
    let own = |address: [u8; 4]| IpAddr::from(address);
    assert_eq!(address(&front, proxy, forwarded), own([10, 0, 0, 3]));
    assert_eq!(address(&front, other, forwarded), own(other));
    assert_eq!(address(&Front::default(), proxy, forwarded), own(proxy));
    for odd in [
        "",
        "X-Forwarded-For: unknown\r\n",
        "X-Forwarded-For: 10.0.0.1, \u{e9}\r\n",
    ] {
        assert_eq!(address(&front, proxy, odd), own(proxy), "{odd}");
    }
}

#[test]
fn what_pages_of_other_sites_send_changes_nothing() {
    let may = |front: &Front, fields: &str| with(fields, |head| front.may_change(head));
    let (plain, secure) = (Front::default(), behind_proxy());
    assert!(may(
        &plain,
        "Origin: http://example.org\r\nSec-Fetch-Site: same-origin\r\n"
    ));
    assert!(may(&plain, ""), "no browser");
    assert!(may(&secure, "Origin: https://example.org\r\n"));
    for fields in [
        "Origin: http://evil.example\r\n",
        "Origin: http://example.org.evil.example\r\n",
        "Origin: http://example.org:81\r\n",
        "Origin: https://example.org\r\n",
        "Origin: null\r\n",
        "Origin: http://example.org\r\nOrigin: http://evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
    ] {
        assert!(!may(&plain, fields), "{fields}");
    }
    assert!(!may(&secure, "Origin: http://example.org\r\n"));
}

#[test]
fn over_https_the_cookie_can_only_be_set_by_this_host() {
    let token = Token::random().unwrap();
    let plain = Front::default().set_cookie(Some(&token));
    assert_eq!(
        plain,
        format!("session={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age=604800")
    );
    let secure = behind_proxy().set_cookie(Some(&token));
    let expected = "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=604800";
    assert_eq!(secure, format!("__Host-session={token}; {expected}"));
    let gone = Front::default().set_cookie(None);
    assert_eq!(gone, "session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
}

#[test]
fn a_field_of_the_client_does_not_make_it_secure() {
    let forwarded = "X-Forwarded-Proto: https\r\nForwarded: proto=https\r\n";
    let secure = with(forwarded, |_| Front::default().is_secure());
    assert!(!secure);
}

#[test]
fn a_session_is_named_by_one_cookie_of_the_right_name() {
    let key = |front: &Front, fields: &str| with(fields, |head| front.key(head.fields));
    let (plain, token) = (Front::default(), Token::random().unwrap());
    let own = Some(token.key());
    assert_eq!(key(&plain, &format!("Cookie: session={token}\r\n")), own);
    assert_eq!(
        key(&plain, &format!("Cookie: a=b; session={token}; c=d\r\n")),
        own
    );
    assert_eq!(key(&plain, ""), None);
    assert_eq!(key(&plain, "Cookie: session=\r\n"), None);
    assert_eq!(key(&plain, "Cookie: session=short; ;;=\r\n"), None);
    let two = format!("Cookie: session={token}; session={token}\r\n");
    assert_eq!(key(&plain, &two), None, "one may be an attacker's");
    assert_eq!(
        key(&behind_proxy(), &format!("Cookie: session={token}\r\n")),
        None
    );
    assert_eq!(
        key(
            &behind_proxy(),
            &format!("Cookie: __Host-session={token}\r\n")
        ),
        own
    );
}
