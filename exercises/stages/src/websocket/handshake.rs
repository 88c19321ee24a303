//! From HTTP to WebSocket.

use super::frame::{Frame, Kind, masked_close};
use super::{connect, expect_echo, expect_switch, request, start};
use crate::Subject;

/// RFC 6455 §4.2.2
pub fn a_handshake_is_accepted_with_the_right_key(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "Sec-WebSocket-Accept is the Base64 of the SHA-1 of the key, as it was sent, followed by \
         258EAFA5-E914-47DA-95CA-C5AB0DC85B11.",
    );
    expect_echo(&mut connect(&server), "hello");
}

/// A head like any other.
pub fn a_handshake_may_come_byte_by_byte(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A handshake is a request like any other: it may come in any pieces.",
    );
    let mut client = server.client();
    client.send_byte_by_byte(request("").as_bytes());
    expect_switch(&server, &mut client);
    expect_echo(&mut client, "hello");
}

/// One read may bring both.
pub fn frames_right_after_the_handshake_are_not_lost(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "The read that brings the end of the handshake may bring frames, too: what is left in the input \
         belongs to the new protocol.",
    );
    let frame = Frame::of(Kind::Text, b"at once");
    for cuts in [vec![], vec![request("").len() - 3, request("").len() + 1]] {
        let mut client = server.client();
        let all = [request("").as_bytes(), &frame.masked()].concat();
        client.send_in_pieces(&all, &cuts);
        expect_switch(&server, &mut client);
        client.expect(&frame.plain());
    }
}

/// RFC 6455 §4.2.1, §4.4
pub fn a_handshake_that_is_wrong_is_told_why(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A handshake needs GET, a Host, Upgrade and Connection, a key of 16 bytes in Base64, and version 13: \
         400 (or 405 for another method), and 426 with Sec-WebSocket-Version: 13 for another version.",
    );
    for (old, new, codes) in [
        ("GET", "POST", &["405", "400"][..]),
        ("dGhlIHNhbXBsZSBub25jZQ==", "short", &["400"]),
        ("Version: 13", "Version: 8", &["426"]),
        ("Upgrade: websocket\r\n", "", &["426", "400"]),
        ("Host: localhost\r\n", "", &["400"]),
    ] {
        let mut client = server.client();
        client.send(request("").replace(old, new).as_bytes());
        client.finish_sending();
        let answer = String::from_utf8_lossy(&client.read_to_end()).into_owned();
        let status = answer.get(9..12).unwrap_or_default();
        if !codes.contains(&status) {
            let expected = format!("{} where {old:?} is {new:?}", codes.join(" or "));
            server.fail_with(&expected, &format!("{status:?}"));
        }
    }
}

/// RFC 6455 §10.2
pub fn a_page_of_another_site_is_refused(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A browser lets any page open a WebSocket to any server, and sends the reader's cookies along. Only \
         the Origin tells: refuse the pages of other sites with 403. Clients without an Origin are no \
         browsers.",
    );
    let mut client = server.client();
    client.send(request("Origin: http://evil.example\r\n").as_bytes());
    client.finish_sending();
    let answer = String::from_utf8_lossy(&client.read_to_end()).into_owned();
    if answer.get(9..12) != Some("403") {
        let line = answer.lines().next().unwrap_or_default();
        server.fail_with("403 for Origin: http://evil.example", line);
    }
    let mut client = server.client();
    client.send(request("Origin: http://localhost\r\n").as_bytes());
    expect_switch(&server, &mut client);
}

/// And one connection may do both.
pub fn http_is_spoken_until_then(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "WebSocket is reached through HTTP, which is spoken as before: what isn't there is 404, and a \
         connection may ask for more before it changes its protocol.",
    );
    let mut client = server.client();
    client.send(b"GET /missing HTTP/1.1\r\nHost: localhost\r\n\r\n");
    client.send(request("").as_bytes());
    client.send(&masked_close(1000));
    let all = String::from_utf8_lossy(&client.read_to_end()).into_owned();
    if !all.starts_with("HTTP/1.1 404 ") || !all.contains("HTTP/1.1 101 ") {
        let text: String = all.chars().take(60).collect();
        server.fail_with("HTTP/1.1 404, then HTTP/1.1 101", &format!("{text:?}"));
    }
}
