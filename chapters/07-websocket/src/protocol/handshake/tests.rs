use http::{HeadParser, Limits, Status};

use super::{Admitted, Handshake, Origins, Refusal};

/// The request of RFC 6455 §1.2.
const REQUEST: &str = "GET /chat HTTP/1.1\r\n\
     Host: server.example.com\r\n\
     Upgrade: websocket\r\n\
     Connection: Upgrade\r\n\
     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
     Origin: http://server.example.com\r\n\
     Sec-WebSocket-Protocol: chat, superchat\r\n\
     Sec-WebSocket-Version: 13\r\n\r\n";

/// What becomes of a request: the sub-protocol, or why it is refused.
fn check(handshake: &Handshake, request: &str) -> Result<Option<String>, Refusal> {
    let mut parser = HeadParser::default();
    let (head, _) = parser
        .parse(request.as_bytes(), &Limits::default())
        .expect("a valid head")
        .expect("all of it");
    let accepted = handshake.check(&head)?;
    Ok(accepted.protocol)
}

/// What becomes of the example with `old` replaced by `new`.
fn with(old: &str, new: &str) -> Result<Option<String>, Refusal> {
    assert!(REQUEST.contains(old), "{old}");
    check(&Handshake::default(), &REQUEST.replace(old, new))
}

#[test]
fn the_example_of_the_rfc_is_answered_as_there() {
    let handshake = Handshake {
        protocols: vec!["chat".to_owned()],
        ..Handshake::default()
    };
    let mut parser = HeadParser::default();
    let (head, _) = parser
        .parse(REQUEST.as_bytes(), &Limits::default())
        .expect("a valid head")
        .expect("all of it");
    assert_eq!(
        handshake.check(&head).expect("a handshake").answer(),
        "HTTP/1.1 101 Switching Protocols\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
         Sec-WebSocket-Protocol: chat\r\n\r\n"
    );
}

#[test]
fn names_and_tokens_may_be_in_any_case_and_among_others() {
    assert_eq!(
        with("Upgrade: websocket", "UPGRADE: h2c,WebSocket"),
        Ok(None)
    );
    assert_eq!(
        with("Connection: Upgrade", "connection: keep-alive, UPGRADE"),
        Ok(None)
    );
    assert_eq!(with("Sec-WebSocket-Key: ", "sec-websocket-key:"), Ok(None));
}

#[test]
fn only_get_asks_for_a_websocket() {
    assert_eq!(with("GET", "PUT"), Err(Refusal::Method));
    assert_eq!(with("GET", "HEAD"), Err(Refusal::Method));
    assert_eq!(Refusal::Method.status(), Status::METHOD_NOT_ALLOWED);
}

#[test]
fn http_1_0_has_no_upgrade() {
    assert_eq!(with("HTTP/1.1", "HTTP/1.0"), Err(Refusal::HttpVersion));
    assert_eq!(Refusal::HttpVersion.status(), Status::BAD_REQUEST);
}

#[test]
fn an_upgrade_has_to_be_asked_for_in_both_fields() {
    for (old, new) in [
        ("Upgrade: websocket\r\n", ""),
        ("Upgrade: websocket", "Upgrade: h2c"),
        ("Upgrade: websocket", "Upgrade: websockets"),
        ("Connection: Upgrade\r\n", ""),
        ("Connection: Upgrade", "Connection: keep-alive"),
    ] {
        assert_eq!(with(old, new), Err(Refusal::NoUpgrade), "{new}");
    }
    assert_eq!(Refusal::NoUpgrade.status(), Status::UPGRADE_REQUIRED);
}

#[test]
fn another_version_is_told_which_one_is_spoken() {
    let twice = "13\r\nSec-WebSocket-Version: 13";
    for version in ["8", "", "13, 8", "013", twice] {
        let outcome = with("Version: 13", &format!("Version: {version}"));
        assert_eq!(outcome, Err(Refusal::Version), "{version}");
    }
    assert_eq!(Refusal::Version.status(), Status::UPGRADE_REQUIRED);
}

#[test]
fn a_key_is_16_bytes_in_base64() {
    for key in [
        "",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25jZUE=",
        "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==",
        "dGhlIHNhbXBsZSBub25jZ!==",
        "dGhlIHNhbXBs ZSBub25jZQ=",
    ] {
        assert_eq!(
            with("dGhlIHNhbXBsZSBub25jZQ==", key),
            Err(Refusal::Key),
            "{key}"
        );
    }
    assert_eq!(Refusal::Key.status(), Status::BAD_REQUEST);
    assert_eq!(
        with("25jZQ==", "25jZR=="),
        Ok(None),
        "bits that say nothing"
    );
}

#[test]
fn there_is_one_key_and_no_body() {
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    assert_eq!(with(key, ""), Err(Refusal::Key));
    assert_eq!(with(key, &key.repeat(2)), Err(Refusal::Key));
    assert_eq!(
        with(key, &format!("Content-Length: 1\r\n{key}")),
        Err(Refusal::Body)
    );
}

#[test]
fn pages_of_this_server_may_connect_and_programs_too() {
    assert_eq!(with("Origin: http://", "Origin: https://"), Ok(None));
    assert_eq!(with("Origin: http://server.example.com\r\n", ""), Ok(None));
}

/// As reported to gorilla/websocket#592, fabro#417, BetterDB#458, ttyd#75 and socketcluster-server#35:
/// a proxy says the port, and a browser doesn't.
#[test]
fn the_default_port_may_be_said_or_not() {
    let host = "Host: server.example.com";
    assert_eq!(with(host, "Host: server.example.com:80"), Ok(None));
    assert_eq!(with(host, "Host: SERVER.example.com:"), Ok(None));
    let (secure, port) = ("https://server.example.com", "server.example.com:443");
    let request = REQUEST.replace("http://server.example.com", secure);
    let request = request.replace(host, &format!("Host: {port}"));
    assert_eq!(check(&Handshake::default(), &request), Ok(None));
    assert_eq!(
        with(host, "Host: server.example.com:443"),
        Err(Refusal::Origin)
    );
}

#[test]
fn options_say_whose_pages_are_let_in() {
    let of = |options: &[&str]| -> Origins {
        options
            .iter()
            .map(|option| option.parse::<Admitted>().expect(option))
            .collect()
    };
    assert_eq!(of(&[]), Origins::Own);
    assert_eq!(of(&["https://a", "*"]), Origins::Any);
    let request = REQUEST.replace("http://server.example.com", "https://a");
    let origins = of(&["null", "https://A:443"]);
    let handshake = Handshake {
        origins,
        ..Handshake::default()
    };
    assert_eq!(check(&handshake, &request), Ok(None));
    assert_eq!(
        check(&handshake, &request.replace("https://a", "null")),
        Ok(None)
    );
}

#[test]
fn pages_of_other_sites_may_not_connect() {
    for origin in [
        "http://evil.example",
        "http://server.example.com:8080",
        "http://server.example.com.evil.example",
        "ftp://server.example.com",
        "server.example.com",
        "http://server.example.com\r\nOrigin: http://evil.example",
        "null",
        "",
    ] {
        let outcome = with("http://server.example.com", origin);
        assert_eq!(outcome, Err(Refusal::Origin), "{origin}");
    }
    let host = "Host: server.example.com";
    let other_port = with(host, &format!("{host}:8080"));
    assert_eq!(other_port, Err(Refusal::Origin), "of the page at port 80");
    assert_eq!(Refusal::Origin.status(), Status::FORBIDDEN);
}

#[test]
fn a_server_may_let_in_more_pages_or_all() {
    let request = REQUEST.replace("http://server.example.com", "https://friend.example");
    let mut handshake = Handshake {
        origins: Origins::OwnAnd(vec!["https://friend.example".parse().expect("an origin")]),
        ..Handshake::default()
    };
    assert_eq!(check(&handshake, &request), Ok(None));
    assert_eq!(check(&handshake, REQUEST), Ok(None));
    let other = request.replace("https://friend", "http://friend");
    assert_eq!(check(&handshake, &other), Err(Refusal::Origin));
    handshake.origins = Origins::Any;
    assert_eq!(check(&handshake, &other), Ok(None));
}

#[test]
fn the_first_sub_protocol_is_taken_that_both_speak() {
    let handshake = Handshake {
        protocols: vec!["superchat".to_owned(), "chat".to_owned()],
        ..Handshake::default()
    };
    let chosen = |offered: &str| {
        let request = REQUEST.replace("Protocol: chat, superchat", offered);
        check(&handshake, &request).expect("a handshake")
    };
    assert_eq!(chosen("Protocol: chat, superchat").as_deref(), Some("chat"));
    assert_eq!(
        chosen("Protocol: x\r\nSec-WebSocket-Protocol: superchat").as_deref(),
        Some("superchat")
    );
    assert_eq!(chosen("Protocol: CHAT, x"), None);
}
