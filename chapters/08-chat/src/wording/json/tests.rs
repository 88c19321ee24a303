use proptest::prelude::*;
use serde_json::{Value, json};
use websocket::{Kind, Message};

use super::{read, write};
use crate::room::{Event, Here, News, Private, Public, Side, Welcome, Why};
use crate::{MAX_LINE, Nick, Refusal, Text};

fn said(text: &str) -> Result<String, Refusal> {
    let message = Message {
        kind: Kind::Text,
        bytes: text.as_bytes(),
    };
    read(message).map(std::borrow::Cow::into_owned)
}

/// The objects that tell of `event`. Each is in a frame of its own, with a length of 16 bits at
/// most.
fn objects(event: &Event) -> Vec<Value> {
    let mut out = Vec::new();
    write(event, &mut out);
    let (mut frames, mut objects) = (&out[..], Vec::new());
    while let [0x81, short, rest @ ..] = frames {
        let (length, rest) = match (short, rest) {
            (126, [high, low, rest @ ..]) => (u16::from_be_bytes([*high, *low]).into(), rest),
            _ => (usize::from(*short), rest),
        };
        objects.push(serde_json::from_slice(&rest[..length]).expect("JSON"));
        frames = &rest[length..];
    }
    assert!(frames.is_empty(), "frames of text");
    objects
}

fn nick(name: &str) -> Nick {
    Nick::new(name).expect("a nick")
}

#[test]
fn each_event_is_an_object_of_its_kind() {
    let (alice, bob, text) = (nick("alice"), nick("bob"), Text::new("hello"));
    let public = |news| Event::Public(Public { id: 7, news });
    let said = || Public {
        id: 5,
        news: News::Said {
            nick: alice.clone(),
            text: text.clone(),
        },
    };
    let here = || Here {
        count: 200,
        nicks: vec![alice.clone(), bob.clone()],
    };
    let cases = [
        (
            public(News::Joined { nick: bob.clone() }),
            json!({"kind": "joined", "id": 7, "nick": "bob"}),
        ),
        (
            public(News::Left {
                nick: bob.clone(),
                why: Why::Quit,
            }),
            json!({"kind": "left", "id": 7, "nick": "bob"}),
        ),
        (
            public(News::Left {
                nick: bob.clone(),
                why: Why::TooSlow,
            }),
            json!({"kind": "left", "id": 7, "nick": "bob", "why": "too slow"}),
        ),
        (
            public(News::Renamed {
                from: bob.clone(),
                to: alice.clone(),
            }),
            json!({"kind": "renamed", "id": 7, "from": "bob", "to": "alice"}),
        ),
        (
            public(News::Action {
                nick: bob.clone(),
                text: text.clone(),
            }),
            json!({"kind": "action", "id": 7, "nick": "bob", "text": "hello"}),
        ),
        (
            Event::Private(Private {
                side: Side::Sender,
                from: bob.clone(),
                to: alice.clone(),
                text: text.clone(),
            }),
            json!({"kind": "private", "from": "bob", "to": "alice", "text": "hello"}),
        ),
        (
            Event::Here(here()),
            json!({"kind": "members", "here": 200, "nicks": ["alice", "bob"]}),
        ),
        (
            Event::Notice("goodbye"),
            json!({"kind": "notice", "text": "goodbye"}),
        ),
        (
            Event::Refused(Refusal::Empty),
            json!({"kind": "refused", "text": "there is nothing on that line"}),
        ),
    ];
    for (event, object) in cases {
        assert_eq!(objects(&event), [object]);
    }
    let welcome = Event::Welcome(Welcome {
        nick: bob.clone(),
        room: "name".into(),
        last: 6,
        here: here(),
        history: vec![said()],
    });
    let expected = [
        json!({"kind": "welcome", "nick": "bob", "room": "name", "last": 6, "here": 200, "members": ["alice", "bob"]}),
        json!({"kind": "said", "id": 5, "nick": "alice", "text": "hello"}),
    ];
    assert_eq!(objects(&welcome), expected);
}

#[test]
fn what_is_no_object_with_a_line_is_refused() {
    for text in [
        "",
        "null",
        "[]",
        r#"["x"]"#,
        "{}",
        r#"{"say":null}"#,
        r#"{"say":["x"]}"#,
        r#"{"say":"x"} x"#,
    ] {
        assert_eq!(said(text), Err(Refusal::NotSaid), "{text}");
    }
    let nested = "[".repeat(10_000);
    assert_eq!(
        said(&format!(r#"{{"more":{nested}"#)),
        Err(Refusal::NotSaid)
    );
    let binary = Message {
        kind: Kind::Binary,
        bytes: br#"{"say":"x"}"#,
    };
    assert_eq!(read(binary), Err(Refusal::NotSaid));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_is_heard_as_long_as_it_is_not_too_long(text in "(?s).{0,400}") {
        let heard = said(&json!({ "say": text }).to_string());
        let expected = if text.len() <= MAX_LINE { Ok(text) } else { Err(Refusal::TooLong) };
        prop_assert_eq!(heard, expected);
    }

    #[test]
    fn whatever_comes_is_a_line_or_refused(text in r#"[{}\[\]":,a-z0-9\\ ]{0,60}|\{"say":("|)\PC{0,20}("|)\}"#) {
        if let Ok(line) = said(&text) {
            prop_assert!(line.len() <= MAX_LINE);
        }
    }

    #[test]
    fn whatever_was_typed_arrives_in_json_as_it_is_shown(typed in "(?s).{0,300}") {
        let text = Text::new(&typed);
        let news = News::Said { nick: nick("alice"), text: text.clone() };
        let event = Event::Public(Public { id: u64::MAX, news });
        let expected = json!({"kind": "said", "id": u64::MAX, "nick": "alice", "text": text.as_str()});
        prop_assert_eq!(objects(&event), [expected]);
    }
}
