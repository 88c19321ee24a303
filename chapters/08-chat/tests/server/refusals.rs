//! What is refused is told to its sender, and the connection goes on.

use serde_json::json;
use tungstenite::Message;

use crate::member::two;
use crate::page::Page;
use crate::start;

#[test]
fn each_refusal_is_one_line_to_its_sender_and_what_follows_goes_on() {
    let server = start(&[]);
    let (mut alice, mut bob) = two(&server);
    let long = "x".repeat(1001);
    let cases: &[(&[u8], &str)] = &[
        (b"", "! there is nothing on that line"),
        (
            b"/whoo",
            "! there is no command /whoo; /help says which there are, and //text says /text",
        ),
        (
            b"/msg carol hi",
            "! nobody here is called carol; /who says who is here",
        ),
        (b"/msg Alice hi", "! that would be to yourself"),
        (b"/msg", "! that is used like this: /msg NICK TEXT"),
        (b"/nick BOB", "! somebody else is called bob"),
        (
            "/nick a\u{2003}b".as_bytes(),
            "! a nick has no spaces, nor what looks like one",
        ),
        (
            long.as_bytes(),
            "! a line has 1000 bytes at most; nobody got that one",
        ),
        (b"caf\xe9", "! that line is not UTF-8; nobody got it"),
    ];
    for (line, refusal) in cases {
        alice.client.send(&[line, &b"\n"[..]].concat());
        alice.hear(refusal);
    }
    alice.say("hello");
    alice.hear("<alice> hello");
    bob.hear("<alice> hello");
}

#[test]
fn a_page_is_refused_the_same_and_what_is_no_object_with_a_line() {
    let server = start(&[]);
    let mut page = Page::open(&server);
    let refused = |text: &str| json!({"kind": "refused", "text": text});
    page.say("/whoo");
    let text = "there is no command /whoo; /help says which there are, and //text says /text";
    page.hear(&refused(text));
    page.say(" ");
    page.hear(&refused("there is nothing on that line"));
    page.say(&"é".repeat(501));
    let too_long = refused("a line has 1000 bytes at most; nobody got that one");
    page.hear(&too_long);
    page.say(&format!("/who{}", " ".repeat(1000)));
    page.hear(&too_long);
    let not_said = refused(r#"a message has to be text like {"say":"hello"}"#);
    for text in [
        "hello",
        "",
        "{}",
        "[]",
        "null",
        r#"{"say":1}"#,
        r#"{"tell":"x"}"#,
        r#"{"say":"x""#,
        r#"{"say":"\ud800"}"#,
    ] {
        page.send(text);
        page.hear(&not_said);
    }
    page.socket
        .send(Message::binary(&br#"{"say":"x"}"#[..]))
        .expect("it is taken");
    page.hear(&not_said);
    page.send(r#" { "more": [1, {}], "say": "hello" } "#);
    page.hear_news(&json!({"kind": "said", "nick": "guest-1", "text": "hello"}));
}

#[test]
fn help_says_what_can_be_typed_in_either_protocol() {
    let server = start(&[]);
    let (mut alice, _bob) = two(&server);
    alice.say("/help");
    let mut page = Page::open(&server);
    page.say("/help");
    for command in ["line", "/msg", "/me", "/nick", "/who", "/quit", "//"] {
        let line = alice.line();
        assert!(line.starts_with("- ") && line.contains(command), "{line}");
        let notice = page.next();
        assert_eq!(notice["kind"], "notice");
        assert_eq!(
            format!("- {}", notice["text"].as_str().unwrap_or_default()),
            line
        );
    }
}
