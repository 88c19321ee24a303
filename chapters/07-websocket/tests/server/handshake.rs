//! From HTTP to WebSocket.

use ch07_websocket::Opcode;

use crate::socket::{SWITCHING, expect_echo, masked, plain, request};
use crate::start;

/// The head of an answer to `request`, which ends the connection.
#[track_caller]
fn answer(server: &harness::Server, request: &[u8]) -> String {
    let mut client = server.client();
    client.send(request);
    client.finish_sending();
    String::from_utf8(client.read_to_end()).expect("text")
}

#[test]
fn the_page_comes_over_http_and_asks_for_a_websocket() {
    let server = start(&[]);
    let page = answer(&server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
    assert!(
        page.contains("<script type=\"module\" src=\"/echo.js\">"),
        "{page}"
    );
    let script = answer(&server, b"GET /echo.js HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(script.contains("Content-Type: text/javascript"), "{script}");
    assert!(script.contains("new WebSocket("), "{script}");
}

#[test]
fn a_handshake_may_come_byte_by_byte() {
    let server = start(&[]);
    let mut client = server.client();
    client.send_byte_by_byte(&request(""));
    client.expect(SWITCHING);
    expect_echo(&mut client, "hello");
}

#[test]
fn frames_right_behind_the_handshake_are_not_lost() {
    let server = start(&[]);
    let frames = [
        masked(Opcode::Text, b"first"),
        masked(Opcode::Binary, b"second"),
    ];
    let expected = [
        SWITCHING.to_vec(),
        plain(Opcode::Text, b"first"),
        plain(Opcode::Binary, b"second"),
    ];
    let mut client = server.client();
    client.send(&[request(""), frames.concat()].concat());
    client.expect(&expected.concat());
    let mut client = server.client();
    let (all, frames) = ([request(""), frames.concat()].concat(), request("").len());
    client.send_in_pieces(&all, &[frames - 3, frames + 1]);
    client.expect(&expected.concat());
}

#[test]
fn a_connection_may_serve_requests_before_it_changes_its_protocol() {
    let server = start(&[]);
    let mut client = server.client();
    client.send(&[b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", &request("")[..]].concat());
    client.send(&masked(Opcode::Close, b""));
    let all = String::from_utf8_lossy(&client.read_to_end()).into_owned();
    assert!(all.starts_with("HTTP/1.1 204 "), "{all}");
    assert!(all.contains("\r\n\r\nHTTP/1.1 101 "), "{all}");
}

#[test]
fn what_is_no_handshake_is_told_why() {
    let server = start(&[]);
    let with = |old: &str, new: &str| {
        let request = String::from_utf8(request("")).expect("text");
        assert!(request.contains(old), "{old}");
        answer(&server, request.replace(old, new).as_bytes())
    };
    let post = with("GET", "POST");
    assert!(
        post.starts_with("HTTP/1.1 405 ") && post.contains("\r\nAllow: GET\r\n"),
        "{post}"
    );
    let key = with("dGhlIHNhbXBsZSBub25jZQ==", "short");
    assert!(key.starts_with("HTTP/1.1 400 "), "{key}");
    for (old, new) in [
        ("Version: 13", "Version: 8"),
        ("Upgrade: websocket\r\n", ""),
    ] {
        let answer = with(old, new);
        assert!(answer.starts_with("HTTP/1.1 426 "), "{answer}");
        assert!(
            answer.contains("\r\nSec-WebSocket-Version: 13\r\n"),
            "{answer}"
        );
        assert!(answer.contains("\r\nUpgrade: websocket\r\n"), "{answer}");
    }
    let no_host = with("Host: localhost\r\n", "");
    assert!(no_host.starts_with("HTTP/1.1 400 "), "{no_host}");
}

#[test]
fn whoever_is_refused_may_try_again() {
    let server = start(&[]);
    let mut client = server.client();
    let wrong = String::from_utf8(request(""))
        .expect("text")
        .replace("13", "8");
    client.send(wrong.as_bytes());
    client.send(&request(""));
    client.send(&masked(Opcode::Close, b""));
    let all = String::from_utf8_lossy(&client.read_to_end()).into_owned();
    assert!(all.starts_with("HTTP/1.1 426 "), "{all}");
    assert!(all.contains("HTTP/1.1 101 "), "{all}");
}

#[test]
fn pages_of_other_sites_are_refused_unless_they_are_named() {
    let evil = request("Origin: http://evil.example\r\n");
    let own = request("Origin: http://localhost\r\n");
    let server = start(&[]);
    assert!(answer(&server, &evil).starts_with("HTTP/1.1 403 "));
    assert!(answer(&server, &own).starts_with("HTTP/1.1 101 "));
    let server = start(&["--origin", "http://evil.example"]);
    assert!(answer(&server, &evil).starts_with("HTTP/1.1 101 "));
    assert!(answer(&server, &own).starts_with("HTTP/1.1 101 "));
    let server = start(&["--origin", "*"]);
    assert!(answer(&server, &request("Origin: null\r\n")).starts_with("HTTP/1.1 101 "));
}

#[test]
fn the_sub_protocol_that_both_speak_is_agreed_on() {
    let server = start(&["--protocol", "chat.v2", "--protocol", "chat.v1"]);
    let both = answer(
        &server,
        &request("Sec-WebSocket-Protocol: x, chat.v1, chat.v2\r\n"),
    );
    assert!(
        both.contains("\r\nSec-WebSocket-Protocol: chat.v1\r\n"),
        "{both}"
    );
    let none = answer(&server, &request("Sec-WebSocket-Protocol: x\r\n"));
    assert!(none.starts_with("HTTP/1.1 101 "), "{none}");
    assert!(!none.contains("Protocol:"), "{none}");
}

#[test]
fn a_page_of_another_name_that_has_become_ours_gets_nothing() {
    let server = harness::Server::spawn(env!("CARGO_BIN_EXE_ch07-websocket"), &[]);
    let text = String::from_utf8(request("Origin: http://evil.example:7000\r\n")).expect("text");
    let mut client = server.client();
    let text = text.replace("Host: localhost\r\n", "Host: evil.example:7000\r\n");
    client.send(text.as_bytes());
    client.finish_sending();
    let answer = String::from_utf8(client.read_to_end()).expect("text");
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
}
