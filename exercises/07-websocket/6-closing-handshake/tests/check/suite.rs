//! What happens, and what is done about it.

use crate::subject::{Action, Closing, Event};

const BOOK: &str = "07-messages.html#closing";

#[test]
fn messages_go_both_ways_while_it_is_open() {
    check(
        &["message", "send", "send", "message"],
        &["deliver", "transmit", "transmit", "deliver"],
        "Nobody has closed. What comes is delivered, and what the application sends is sent.",
    );
}

#[test]
fn their_close_is_answered_with_its_code() {
    for code in ["1000", "1001", "1003", "1011", "3000", "4999"] {
        check(
            &[&format!("their close {code}")],
            &[&format!("close {code}, disconnect, report {code}")],
            "They send nothing more, and wait for our Close. It has the code of theirs; then both have been sent, \
             and the server is who closes the connection.",
        );
    }
}

#[test]
fn a_reason_is_not_sent_back() {
    check(
        &["their close 1001 away"],
        &["close 1001, disconnect, report 1001"],
        "Behind the two bytes of the code is a reason. It was theirs; the answer has the code alone.",
    );
}

#[test]
fn no_code_is_answered_with_none() {
    check(
        &["their close"],
        &["close, disconnect, report 1005"],
        "Their Close has no code, so ours has none. 1005 says so to the application, and is never sent.",
    );
}

#[test]
fn our_close_waits_for_theirs() {
    check(
        &["close 1001", "their close 1001"],
        &["close 1001", "disconnect, report 1001"],
        "Whoever closes first waits for the answer: they may still have something on its way. When it is there, \
         both have been sent.",
    );
}

#[test]
fn two_closes_may_cross() {
    check(
        &["close 1000", "their close 4000"],
        &["close 1000", "disconnect, report 4000"],
        "They have closed without knowing of our Close. Each side has sent one, and that is all: a Close that \
         answers an answer would be answered again.",
    );
}

#[test]
fn what_was_on_its_way_is_delivered() {
    check(
        &["close 1001", "message", "message", "their close 1001"],
        &[
            "close 1001",
            "deliver",
            "deliver",
            "disconnect, report 1001",
        ],
        "They have sent these messages before our Close was there. Nothing is wrong with that, and they count \
         on it that these have come.",
    );
}

#[test]
fn nothing_is_sent_behind_our_close() {
    check(
        &[
            "close 1001",
            "send",
            "close 1011",
            "send",
            "their close 1001",
        ],
        &[
            "close 1001",
            "nothing",
            "nothing",
            "nothing",
            "disconnect, report 1001",
        ],
        "A Close is the last frame that a side sends. No message goes behind it, and no second Close either.",
    );
}

#[test]
fn a_lost_connection_is_told_as_1006() {
    check(
        &["message", "end"],
        &["deliver", "disconnect, report 1006"],
        "The connection has ended, and no Close has come. 1006 says that to the application; a Close can't be \
         sent any more.",
    );
    check(
        &["close 1000", "end"],
        &["close 1000", "disconnect, report 1006"],
        "Our Close was sent, and none came back: whether they have read all that we sent, nobody knows.",
    );
}

#[test]
fn a_code_that_is_none_is_told_as_1002() {
    for code in [
        "0", "999", "1004", "1005", "1006", "1015", "1016", "2999", "5000", "65535",
    ] {
        check(
            &[&format!("their close {code}")],
            &["close 1002, disconnect, report 1002"],
            "No Close may have this code, so they don't keep to the protocol: that is 1002.",
        );
    }
    check(
        &["their byte"],
        &["close 1002, disconnect, report 1002"],
        "A code has two bytes. A Close with one byte breaks the protocol: that is 1002.",
    );
    check(
        &["close 1000", "their close 1006"],
        &["close 1000", "disconnect, report 1002"],
        "No Close may have this code. But ours has been sent, and it was the last frame.",
    );
}

#[test]
fn when_it_is_over_nothing_is_done() {
    let all = ["message", "send", "close 1001", "their close 1000", "end"];
    let nothing = ["nothing"; 5];
    for (before, actions) in [
        (
            &["their close 1000"][..],
            &["close 1000, disconnect, report 1000"][..],
        ),
        (&["end"], &["disconnect, report 1006"]),
        (
            &["close 1001", "end"],
            &["close 1001", "disconnect, report 1006"],
        ),
        (
            &["close 1001", "their close"],
            &["close 1001", "disconnect, report 1005"],
        ),
    ] {
        check(
            &[before, &all].concat(),
            &[actions, &nothing].concat(),
            "It was over, and the application was told. The end of the connection, or a frame that was behind \
             theirs, is no news.",
        );
    }
}

/// Has the answer deal with `events`, and compares what it wants done about each.
#[track_caller]
fn check(events: &[&str], expected: &[&str], means: &str) {
    let told: Vec<String> = harness::call(|| {
        let mut closing = Closing::default();
        let actions = events.iter().map(|text| closing.on(event(text)));
        actions.map(|actions| words(&actions)).collect()
    });
    let list = |told: &[&str]| {
        let pairs = events.iter().zip(told);
        let lines = pairs.map(|(event, told)| format!("{event} → {told}"));
        lines.collect::<Vec<_>>().join("\n          ")
    };
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert!(
        told == expected,
        "expected  {}\nreceived  {}\nit means  {means}\nread      book: {BOOK}",
        list(expected),
        list(&told)
    );
}

/// The event that words like "their close 1001" are about.
fn event(text: &str) -> Event {
    let words: Vec<&str> = text.split(' ').collect();
    let code = |code: &str| -> u16 { code.parse().expect("a code") };
    match words.as_slice() {
        ["message"] => Event::Message,
        ["send"] => Event::Send,
        ["end"] => Event::End,
        ["close", number] => Event::Close(code(number)),
        ["their", "close"] => Event::TheirClose(Vec::new()),
        ["their", "byte"] => Event::TheirClose(vec![3]),
        ["their", "close", number, reason @ ..] => {
            let mut payload = code(number).to_be_bytes().to_vec();
            payload.extend(reason.concat().bytes());
            Event::TheirClose(payload)
        }
        _ => unreachable!("no event is called {text}"),
    }
}

/// What is to be done, in words.
fn words(actions: &[Action]) -> String {
    let words = actions.iter().map(|action| match action {
        Action::Deliver => "deliver".to_owned(),
        Action::Transmit => "transmit".to_owned(),
        Action::Disconnect => "disconnect".to_owned(),
        Action::Report(code) => format!("report {code}"),
        Action::SendClose(payload) => match payload.as_slice() {
            [] => "close".to_owned(),
            [high, low] => format!("close {}", u16::from_be_bytes([*high, *low])),
            other => format!("close with the payload \"{}\"", other.escape_ascii()),
        },
    });
    let words: Vec<_> = words.collect();
    match words.as_slice() {
        [] => "nothing".to_owned(),
        some => some.join(", "),
    }
}
