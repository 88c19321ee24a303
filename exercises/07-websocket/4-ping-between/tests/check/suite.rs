//! Messages in fragments, and what comes between these.

use crate::subject::{Assembler, Bad, Event, Frame, Kind, LIMIT, Opcode};

const BOOK: &str = "07-messages.html#fragments-and-control-frames";

#[test]
fn a_message_in_one_frame_is_complete() {
    check(
        &["text FIN one", "binary FIN two", "text FIN"],
        &["the text one", "the binary two", "the text"],
        "Each of these frames begins a message and ends it. The last one is a message of no bytes.",
    );
}

#[test]
fn fragments_make_a_message() {
    check(
        &["text Hel", "continuation l", "continuation FIN o"],
        &["nothing", "nothing", "the text Hello"],
        "The message begins with the first frame and ends with FIN. It is told once, with all its bytes.",
    );
}

#[test]
fn the_first_fragment_says_what_it_is() {
    check(
        &[
            "binary a",
            "continuation FIN b",
            "text c",
            "continuation FIN d",
        ],
        &["nothing", "the binary ab", "nothing", "the text cd"],
        "Continuations don't say of what kind they are. The message is what its first fragment was, and nothing \
         is left of the message before.",
    );
}

#[test]
fn a_ping_may_stand_between_fragments() {
    check(
        &["text Hel", "ping FIN ?", "continuation FIN lo"],
        &["nothing", "ping ?", "the text Hello"],
        "The ping is no part of the message. It is told at once, with its own bytes; and behind it, the message \
         goes on as if nothing had been.",
    );
}

#[test]
fn each_control_frame_is_told_at_once() {
    check(
        &[
            "pong FIN !",
            "binary a",
            "pong FIN",
            "ping FIN b",
            "ping FIN c",
            "close FIN d",
        ],
        &["pong !", "nothing", "pong", "ping b", "ping c", "close d"],
        "Ping, Pong and Close may come at any time, before a message and within it. Whoever sends them waits for \
         an answer now, and not at the end of the message.",
    );
}

#[test]
fn any_control_frame_may_stand_between_fragments() {
    for control in ["ping", "pong", "close"] {
        check(
            &[
                "text a",
                &format!("{control} FIN"),
                "continuation b",
                &format!("{control} FIN"),
                "continuation FIN c",
            ],
            &["nothing", control, "nothing", control, "the text abc"],
            "A control frame is no part of the message around it, whichever it is: that goes on behind it.",
        );
    }
}

#[test]
fn a_control_frame_counts_for_no_message() {
    let told: Vec<String> = harness::call(|| {
        let mut assembler = Assembler::default();
        let mut add = |opcode, last, length| {
            let payload = vec![b'x'; length];
            words(assembler.add(Frame {
                last,
                opcode,
                payload,
            }))
        };
        vec![
            add(Opcode::Binary, false, LIMIT - 1),
            add(Opcode::Ping, true, 125),
            add(Opcode::Continuation, true, 1),
        ]
    });
    let expected = ["nothing", "ping of 125 bytes", "the binary of 100000 bytes"];
    assert!(
        told == expected,
        "the input a fragment of {} bytes · a ping of 125 · the last fragment, of 1\n\
         expected  {}\nreceived  {}\nit means  The limit is for messages. A control frame belongs to none: its bytes \
         neither count for one\n          nor are limited here.\nread      book: {BOOK}",
        LIMIT - 1,
        expected.join(" · "),
        told.join(" · ")
    );
}

#[test]
fn bytes_stay_as_they_are() {
    for (opcode, kind) in [(Opcode::Text, "the text"), (Opcode::Binary, "the binary")] {
        let told: String = harness::call(|| {
            let mut assembler = Assembler::default();
            let begun = Frame {
                last: false,
                opcode,
                payload: b"\xc3".to_vec(),
            };
            let rest = Frame {
                last: true,
                opcode: Opcode::Continuation,
                payload: b"\xbc\xff\0".to_vec(),
            };
            assembler.add(begun).ok();
            words(assembler.add(rest))
        });
        let expected = format!("{kind} \\xc3\\xbc\\xff\\x00");
        assert!(
            told == expected,
            "the input a fragment with \\xc3, and the last one with \\xbc\\xff\\0\nexpected  {expected}\n\
             received  {told}\nit means  What the bytes mean isn't asked here, and a fragment may end within a \
             character.\nread      book: {BOOK}"
        );
    }
}

#[test]
fn a_fragment_may_be_empty() {
    check(
        &[
            "text",
            "continuation",
            "continuation FIN x",
            "binary",
            "continuation FIN",
        ],
        &["nothing", "nothing", "the text x", "nothing", "the binary"],
        "A frame may have no bytes. It begins a message all the same: whether one has begun can't be seen by \
         whether there are bytes of it.",
    );
}

#[test]
fn nothing_can_not_be_continued() {
    for frames in [
        &["continuation FIN x"][..],
        &["continuation x"],
        &["ping FIN", "continuation FIN x"],
        &["text FIN a", "continuation FIN x"],
        &["text a", "continuation FIN b", "continuation FIN x"],
    ] {
        let before: &[&str] = match frames {
            [_] => &[],
            ["ping FIN", _] => &["ping"],
            [_, _] => &["the text a"],
            _ => &["nothing", "the text ab"],
        };
        check(
            frames,
            &[before, &["Err(NothingToContinue)"]].concat(),
            "No message has begun that this could go on with: none was there, or it had its end.",
        );
    }
}

#[test]
fn a_message_can_not_begin_within_another() {
    for second in ["text FIN b", "binary b"] {
        check(
            &["text a", "ping FIN", second],
            &["nothing", "ping", "Err(MessageInMessage)"],
            "The first message has no end yet. Only control frames may stand between its fragments.",
        );
    }
}

#[test]
fn a_control_frame_has_no_fragments() {
    for control in ["ping x", "pong", "close x"] {
        check(
            &["text a", control],
            &["nothing", "Err(ControlInFragments)"],
            "A control frame is complete with itself, so it has FIN. What its continuation would be, nobody \
             could tell within a message.",
        );
    }
}

#[test]
fn a_control_frame_outside_of_messages_has_no_fragments_either() {
    for control in ["ping x", "pong", "close x"] {
        check(
            &[control],
            &["Err(ControlInFragments)"],
            "A control frame is complete with itself, also where no message has begun.",
        );
    }
}

#[test]
fn what_is_too_long_is_refused_at_once() {
    const HALF: usize = LIMIT / 2;
    for (lengths, last, expected) in [
        (&[HALF, HALF, 0, 0][..], true, "a message"),
        (&[LIMIT], true, "a message"),
        (&[LIMIT + 1], true, "Err(TooLong)"),
        (&[LIMIT + 1], false, "Err(TooLong)"),
        (&[HALF, HALF, 1], false, "Err(TooLong)"),
        (&[HALF, 1, HALF], false, "Err(TooLong)"),
    ] {
        let told: String = harness::call(|| {
            let mut assembler = Assembler::default();
            let mut told = String::new();
            for (at, &length) in lengths.iter().enumerate() {
                let frame = Frame {
                    last: last && at + 1 == lengths.len(),
                    opcode: if at == 0 {
                        Opcode::Binary
                    } else {
                        Opcode::Continuation
                    },
                    payload: vec![b'x'; length],
                };
                told = match assembler.add(frame) {
                    Ok(Some(Event::Message(_, bytes)))
                        if bytes.len() == lengths.iter().sum::<usize>() =>
                    {
                        "a message".to_owned()
                    }
                    other => words(other),
                };
            }
            told
        });
        assert!(
            told == expected,
            "the input fragments of {lengths:?} bytes, {} FIN\nexpected  {expected} with the last of \
             them\nreceived  {told}\nit means  The limit is {LIMIT} bytes for all fragments together. It is \
             kept when it is passed: FIN may never come.\nread      book: {BOOK}",
            if last {
                "the last one with"
            } else {
                "all without"
            }
        );
    }
}

#[track_caller]
fn check(frames: &[&str], expected: &[&str], means: &str) {
    let told: Vec<String> = harness::call(|| {
        let mut assembler = Assembler::default();
        let mut told = Vec::new();
        for text in frames {
            let outcome = assembler.add(frame(text));
            let is_refused = outcome.is_err();
            told.push(words(outcome));
            if is_refused {
                break;
            }
        }
        told
    });
    assert!(
        told == expected,
        "the input {}\nexpected  {}\nreceived  {}\nit means  {means}\nread      book: {BOOK}",
        frames.join(" · "),
        expected.join(" · "),
        told.join(" · ")
    );
}

/// The frame that words like "text FIN one" are about.
fn frame(text: &str) -> Frame {
    let mut words = text.split(' ').peekable();
    let opcode = match words.next() {
        Some("text") => Opcode::Text,
        Some("binary") => Opcode::Binary,
        Some("close") => Opcode::Close,
        Some("ping") => Opcode::Ping,
        Some("pong") => Opcode::Pong,
        _ => Opcode::Continuation,
    };
    Frame {
        opcode,
        last: words.next_if_eq(&"FIN").is_some(),
        payload: words.next().unwrap_or_default().into(),
    }
}

/// What was told, in words.
fn words(outcome: Result<Option<Event>, Bad>) -> String {
    let (what, bytes) = match outcome {
        Ok(None) => ("nothing", Vec::new()),
        Ok(Some(Event::Message(Kind::Text, bytes))) => ("the text", bytes),
        Ok(Some(Event::Message(Kind::Binary, bytes))) => ("the binary", bytes),
        Ok(Some(Event::Control(opcode, bytes))) => match opcode {
            Opcode::Close => ("close", bytes),
            Opcode::Ping => ("ping", bytes),
            Opcode::Pong => ("pong", bytes),
            _ => ("a control frame that is none", bytes),
        },
        Err(Bad::NothingToContinue) => ("Err(NothingToContinue)", Vec::new()),
        Err(Bad::MessageInMessage) => ("Err(MessageInMessage)", Vec::new()),
        Err(Bad::ControlInFragments) => ("Err(ControlInFragments)", Vec::new()),
        Err(Bad::TooLong) => ("Err(TooLong)", Vec::new()),
    };
    let bytes = match bytes.len() {
        0 => String::new(),
        1..=20 => format!(" {}", bytes.escape_ascii()),
        more => format!(" of {more} bytes"),
    };
    format!("{what}{bytes}")
}
