//! Members of whom nothing is heard.

use std::io::Read;
use std::time::Duration;

use serde_json::json;
use tungstenite::Message;

use crate::member::{Member, two};
use crate::page::Page;
use crate::start;

const QUESTION: &str = "? are you still there? /pong or any other line says so";

#[test]
fn a_silent_member_is_asked_and_then_put_out() {
    let server = start(&["--idle", "1"]);
    let mut alice = Member::guest(&server);
    alice.hear(QUESTION);
    alice.hear("! you are put out: nothing heard, not even an answer to the question");
    alice.client.expect_end();
}

#[test]
fn whatever_a_member_sends_is_an_answer() {
    let server = start(&["--idle", "3"]);
    let mut alice = Member::guest(&server);
    alice.hear(QUESTION);
    alice.say("/pong");
    alice.hear(QUESTION);
    alice.client.send(b"half a li");
    alice.hear(QUESTION);
    alice.say("ne");
    alice.hear("<guest-1> half a line");
}

#[test]
fn the_others_are_told_why_a_silent_member_has_left() {
    let server = start(&["--idle", "3"]);
    let mut alice = Member::guest(&server);
    let _bob = Member::guest(&server);
    alice.hear("- guest-2 joined");
    loop {
        match alice.line().as_str() {
            "- guest-2 left (nothing heard)" => break,
            QUESTION => alice.say("/pong"),
            other => panic!("nobody said {other:?}"),
        }
    }
    alice.say("/who");
    while alice.line() != "- here: guest-1" {}
}

#[test]
fn a_silent_page_gets_a_ping_and_then_a_close() {
    let server = start(&["--idle", "1"]);
    let mut page = Page::open(&server);
    // Byte by byte: tungstenite would answer.
    let mut bytes = Vec::new();
    page.socket
        .get_mut()
        .read_to_end(&mut bytes)
        .expect("the end");
    let reason = b"you are put out: nothing heard, not even an answer to the question";
    let close = [&b"\x88\x44\x03\xf0"[..], reason].concat(); // 1008
    assert_eq!(
        bytes,
        [&b"\x89\x00"[..], &close].concat(),
        "{}",
        bytes.escape_ascii()
    );
}

#[test]
fn a_page_that_answers_its_pings_may_be_silent() {
    let server = start(&["--idle", "3"]);
    let mut page = Page::open(&server);
    for _ in 0..2 {
        assert_eq!(
            page.socket.read().expect("a Ping"),
            Message::Ping(Vec::new().into())
        );
        page.socket.flush().expect("the Pong is taken");
    }
    page.say("I was listening");
    page.hear_news(&json!({"kind": "said", "nick": "guest-1", "text": "I was listening"}));
}

#[test]
fn a_room_in_which_nobody_speaks_costs_no_processor_time() {
    let server = start(&[]);
    let (mut alice, _bob) = two(&server);
    let _page = Page::open(&server);
    alice.hear("- guest-1 joined");
    server.expect_sleep(Duration::from_millis(500));
}
