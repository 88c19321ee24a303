//! Lines and messages in whatever pieces they come, and whatever is in them.

use std::io::Write;

use harness::Client;
use serde_json::json;
use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

use crate::member::{Member, two};
use crate::page::{self, Page, Patient};
use crate::start;

#[test]
fn lines_may_come_in_any_pieces() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    let lines = "hé\r\n/me x\n";
    for cut in 1..lines.len() {
        // A newcomer each time, since all of these come faster than anybody types.
        let mut member = Member::of(server.client());
        member.client.send_in_pieces(lines.as_bytes(), &[cut]);
        member.say("/quit");
        for member in [&mut alice, &mut bob] {
            member.hear("- guest-1 joined");
            member.hear("<guest-1> hé");
            member.hear("* guest-1 x");
            member.hear("- guest-1 left");
        }
        let rest = member.rest();
        assert_eq!(
            rest[rest.len() - 3..],
            ["<guest-1> hé", "* guest-1 x", "- goodbye"],
            "cut at {cut}"
        );
    }
}

#[test]
fn a_line_without_an_end_is_said_when_its_sender_has_finished() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    alice.client.send(b"one\ntwo");
    alice.client.finish_sending();
    for line in ["<alice> one", "<alice> two"] {
        alice.hear(line);
        bob.hear(line);
    }
    bob.hear("- alice left");
    alice.client.expect_end();
}

#[test]
fn of_a_line_that_is_too_long_nobody_gets_anything() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    alice.client.send("x".repeat(100_000).as_bytes());
    alice.hear("! a line has 1000 bytes at most; nobody got that one");
    alice.client.send(b"/quit\nhello\n");
    alice.hear("<alice> hello");
    bob.hear("<alice> hello");
}

#[test]
fn escape_sequences_are_shown_as_text_in_either_protocol() {
    let server = start(&[]);
    let mut alice = Member::new(&server, "alice");
    let mut page = Page::open(&server);
    alice.hear("- guest-1 joined");
    alice.say("\x1b[31mred\x07 \u{202e}evil\u{9b}!");
    let shown = "␛[31mred␇ \u{fffd}evil\u{fffd}!";
    alice.hear(&format!("<alice> {shown}"));
    page.hear_news(&json!({"kind": "said", "nick": "alice", "text": shown}));
    page.say("a\nb\u{1b}]0;c\u{7}");
    alice.hear("<guest-1> a␊b␛]0;c␇");
    page.hear_news(&json!({"kind": "said", "nick": "guest-1", "text": "a␊b␛]0;c␇"}));
    page.say("/msg alice \u{9b}2J");
    alice.hear("[guest-1 to you] \u{fffd}2J");
}

#[test]
fn scripts_and_emoji_arrive_as_they_were_typed() {
    let server = start(&[]);
    let mut alice = Member::new(&server, "李雷");
    let mut page = Page::open(&server);
    alice.hear("- guest-1 joined");
    let text = "שלום 你好 नमस्ते 👩‍💻 ❤️ e\u{301} <b>&amp;</b> \"quoted\" \\";
    alice.say(text);
    alice.hear(&format!("<李雷> {text}"));
    page.hear_news(&json!({"kind": "said", "nick": "李雷", "text": text}));
    page.say(text);
    alice.hear(&format!("<guest-1> {text}"));
}

/// A handshake; frames may follow at once.
const HANDSHAKE: &str = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
    Sec-WebSocket-Version: 13\r\n\r\n";

#[test]
fn messages_right_behind_the_handshake_are_heard_however_they_are_cut() {
    let server = start(&[]);
    let (mut alice, _bob) = two(&server);
    let mut frames = WebSocket::from_raw_socket(Sink(Vec::new()), Role::Client, None);
    frames
        .send(Message::text(r#"{"say":"one"}"#))
        .expect("a frame");
    frames
        .send(Message::text(r#"{"say":"two"}"#))
        .expect("a frame");
    let mut bytes = HANDSHAKE.as_bytes().to_vec();
    bytes.extend_from_slice(&frames.get_ref().0);
    for cut in (0..bytes.len())
        .step_by(7)
        .chain(HANDSHAKE.len() - 4..bytes.len())
    {
        let mut client = Client::connect(page::address(&server));
        client.send_in_pieces(&bytes, &[cut.max(1)]);
        alice.hear("- guest-1 joined");
        alice.hear("<guest-1> one");
        alice.hear("<guest-1> two");
        drop(client);
        let left = alice.line();
        assert!(left.starts_with("- guest-1 left"), "{left}");
    }
}

/// What tungstenite writes.
struct Sink(Vec<u8>);

impl std::io::Read for Sink {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::WouldBlock.into())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_web_port_serves_the_page_too() {
    let server = start(&[]);
    let mut stream = Patient::connect(page::address(&server));
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .expect("it is taken");
    let mut answer = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("text/html"), "{answer}");
}
