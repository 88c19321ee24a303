//! Stage 07: WebSocket (RFC 6455) at `/ws`, which sends each message back.

pub mod closing;
pub(crate) mod frame;
pub mod handshake;
pub mod messages;

use harness::{Client, Server};

use crate::Subject;
use frame::{Frame, Kind};

/// A handshake with `fields` besides those that it has to have. The key is the RFC's own.
pub(crate) fn request(fields: &str) -> String {
    format!(
        "GET /ws HTTP/1.1\r\n\
         Host: localhost\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n{fields}\r\n"
    )
}

/// What that key has to be answered with (RFC 6455 §1.3).
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

#[track_caller]
fn start(subject: &Subject, more: &[&str], means: &str) -> Server {
    let server = subject.start(more);
    server.teach(means, "07-websocket.html#read-the-code");
    server
}

/// A client after its handshake.
#[track_caller]
fn connect(server: &Server) -> Client {
    shake_hands(server, server.client())
}

#[track_caller]
fn shake_hands(server: &Server, mut client: Client) -> Client {
    client.send(request("").as_bytes());
    expect_switch(server, &mut client);
    client
}

/// Reads the head of an answer, which has to accept the handshake.
#[track_caller]
fn expect_switch(server: &Server, client: &mut Client) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = frame::read_one(server, client, "the head of the answer to a handshake");
        head.push(byte);
        if head.len() > 8192 {
            server.fail_with("a head that ends with an empty line", "8 KiB without one");
        }
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let field = |name: &str| {
        let mut fields = text.split("\r\n").filter_map(|line| line.split_once(':'));
        let found = fields.find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.trim())
    };
    let line = text.lines().next().unwrap_or_default();
    let is_right = line.starts_with("HTTP/1.1 101 ")
        && field("Upgrade").eq_ignore_ascii_case("websocket")
        && field("Connection").eq_ignore_ascii_case("upgrade")
        && field("Sec-WebSocket-Accept") == ACCEPT;
    if !is_right {
        let accept = field("Sec-WebSocket-Accept");
        server.fail_with(
            &format!(
                "HTTP/1.1 101, Upgrade: websocket, Connection: Upgrade, Sec-WebSocket-Accept: {ACCEPT}"
            ),
            &format!("{line}, Sec-WebSocket-Accept: {accept:?}"),
        );
    }
}

/// The server still serves: it sends back what this client says.
#[track_caller]
fn expect_echo(client: &mut Client, text: &str) {
    client.exchange(
        &Frame::of(Kind::Text, text.as_bytes()).masked(),
        &Frame::of(Kind::Text, text.as_bytes()).plain(),
    );
}

/// Expects a Close with this code and any reason, and then the end.
#[track_caller]
fn expect_close(server: &Server, client: &mut Client, code: u16, after: &str) {
    let received = client.read_to_end();
    let [high, low] = code.to_be_bytes();
    let is_close = match &received[..] {
        [0x88, length, first, second, reason @ ..] => {
            usize::from(*length) == 2 + reason.len() && [*first, *second] == [high, low]
        }
        _ => false,
    };
    if !is_close {
        let shown = received[..received.len().min(40)].escape_ascii();
        server.fail_with(
            &format!("a Close with {code} (88 .. {high:02x} {low:02x}) after {after}"),
            &format!("\"{shown}\" ({} bytes)", received.len()),
        );
    }
}
