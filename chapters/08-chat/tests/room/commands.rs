//! What members type, and who is told of what.

use ch08_chat::{HISTORY, NAMED, Nick, Refusal, Room, To, Why};

use crate::{receivers, words};

/// A room with `count` members, whose keys are 1, 2, …
fn room(count: u32) -> Room<u32> {
    let mut room = Room::new("test");
    for key in 1..=count {
        let _ = room.join(key);
    }
    room
}

/// What member `key` types: for each line that comes of it, who gets it.
fn types(room: &mut Room<u32>, key: u32, line: &str) -> Vec<(Vec<u32>, String)> {
    let letters = room.hear(key, Ok(line));
    let told = letters.iter().flat_map(|letter| {
        let to = receivers(room, letter.to);
        words(letter)
            .into_iter()
            .map(move |line| (to.clone(), line))
    });
    told.collect()
}

fn told(to: &[u32], line: &str) -> (Vec<u32>, String) {
    (to.to_vec(), line.to_owned())
}

#[test]
fn what_is_said_goes_to_all_and_to_who_has_said_it() {
    let mut room = room(3);
    let said = types(&mut room, 2, "hello");
    assert_eq!(said, [told(&[1, 2, 3], "<guest-2> hello")]);
    let did = types(&mut room, 2, "/me waves");
    assert_eq!(did, [told(&[1, 2, 3], "* guest-2 waves")]);
}

#[test]
fn a_private_line_goes_to_two_whatever_the_case_of_the_nick() {
    let mut room = room(3);
    let said = types(&mut room, 1, "/msg GUEST-3 psst");
    let expected = [
        told(&[3], "[guest-1 to you] psst"),
        told(&[1], "[you to guest-3] psst"),
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_new_name_is_told_to_all() {
    let mut room = room(2);
    let renamed = types(&mut room, 1, "/nick Alice");
    assert_eq!(renamed, [told(&[1, 2], "- guest-1 is now Alice")]);
    let again = types(&mut room, 1, "/nick ALICE");
    assert_eq!(again, [told(&[1, 2], "- Alice is now ALICE")]);
    assert_eq!(types(&mut room, 2, "hi")[0].1, "<guest-2> hi");
}

#[test]
fn a_name_that_somebody_has_is_refused_whatever_its_case() {
    let mut room = room(2);
    types(&mut room, 1, "/nick alice");
    let refused = types(&mut room, 2, "/nick ALICE");
    assert_eq!(refused, [told(&[2], "! somebody else is called alice")]);
    let same = types(&mut room, 1, "/nick alice");
    assert_eq!(same, [told(&[1], "! you are called alice already")]);
    assert_eq!(types(&mut room, 2, "/who")[0].1, "- here: alice, guest-2");
}

#[test]
fn a_name_that_reads_the_same_is_the_same_however_it_is_encoded() {
    let mut room = room(2);
    types(&mut room, 1, "/nick \u{c5}sa");
    for name in ["A\u{30a}sa", "åＳＡ", "\u{212b}𝓈𝒶"] {
        let refused = types(&mut room, 2, &format!("/nick {name}"));
        assert_eq!(refused, [told(&[2], "! somebody else is called Åsa")]);
        let said = types(&mut room, 2, &format!("/msg {name} psst"));
        assert_eq!(said[0], told(&[1], "[guest-2 to you] psst"));
    }
}

#[test]
fn what_is_hidden_before_a_command_or_in_a_name_makes_no_line_public() {
    let mut room = room(3);
    types(&mut room, 1, "/nick bob");
    for line in [
        "\u{feff}/msg bob x",
        "/msg b\u{200b}ob x",
        "／msg \u{feff}bob x",
    ] {
        let said = types(&mut room, 2, line);
        let expected = [
            told(&[1], "[guest-2 to you] x"),
            told(&[2], "[you to bob] x"),
        ];
        assert_eq!(said, expected, "{}", line.escape_unicode());
    }
}

#[test]
fn a_name_that_was_given_up_is_free() {
    let mut room = room(3);
    types(&mut room, 1, "/nick alice");
    types(&mut room, 1, "/nick anna");
    assert_eq!(
        types(&mut room, 2, "/nick alice")[0].1,
        "- guest-2 is now alice"
    );
    let _ = room.leave(2, Why::Quit);
    assert_eq!(
        types(&mut room, 3, "/nick alice")[0].1,
        "- guest-3 is now alice"
    );
}

#[test]
fn a_newcomer_is_the_guest_with_the_smallest_free_number() {
    let mut room = room(3);
    types(&mut room, 1, "/nick guest-4");
    for (key, name) in [(4, "guest-1"), (5, "guest-5")] {
        let _ = room.join(key);
        assert_eq!(room.nick(key).map(Nick::as_str), Some(name));
    }
    let _ = room.leave(2, Why::Quit);
    types(&mut room, 1, "/nick alice");
    for (key, name) in [(6, "guest-2"), (7, "guest-4"), (8, "guest-6")] {
        let _ = room.join(key);
        assert_eq!(room.nick(key).map(Nick::as_str), Some(name));
    }
}

#[test]
fn a_newcomer_is_told_the_last_twenty_lines_that_were_said_and_how_they_were_said() {
    let mut room = room(2);
    types(&mut room, 1, "/nick alice");
    for number in 0..=HISTORY {
        types(&mut room, 1, &format!("line {number}"));
    }
    types(&mut room, 1, "/msg guest-2 psst");
    types(&mut room, 1, "/nick anna");
    let letters = room.join(9);
    assert_eq!(letters[0].to, To::One(9));
    let mut expected = vec![
        "- welcome, guest-1: 3 here. /help says what you can do.".to_owned(),
        "- what was said before:".to_owned(),
    ];
    expected.extend((1..=HISTORY).map(|number| format!("<alice> line {number}")));
    expected.push("- that was before; now:".to_owned());
    assert_eq!(words(&letters[0]), expected);
    assert_eq!(letters[1].to, To::AllBut(9));
    assert_eq!(words(&letters[1]), ["- guest-1 joined"]);
}

#[test]
fn who_leaves_is_gone_and_the_others_are_told_why() {
    let mut room = room(4);
    let quits = types(&mut room, 4, "/quit");
    assert_eq!(
        quits,
        [told(&[4], "- goodbye"), told(&[1, 2, 3], "- guest-4 left")]
    );
    let reasons = [
        (3, Why::TooSlow, "- guest-3 left (too slow)"),
        (2, Why::NothingHeard, "- guest-2 left (nothing heard)"),
        (1, Why::Lost, "- guest-1 left (connection lost)"),
    ];
    for (key, why, line) in reasons {
        let letters = room.leave(key, why);
        assert_eq!(words(&letters[0]), [line]);
        assert!(room.leave(key, why).is_empty(), "nobody leaves twice");
        assert!(
            room.hear(key, Ok("boo")).is_empty(),
            "nor speaks after that"
        );
    }
    assert!(room.is_empty());
}

#[test]
fn of_a_large_room_some_are_named() {
    let mut room = room(150);
    let line = &types(&mut room, 1, "/who")[0].1;
    assert_eq!(line.matches("guest-").count(), NAMED, "{line}");
    assert!(line.ends_with(", and 50 more"), "{line}");
}

#[test]
fn what_is_refused_is_told_to_its_sender_alone() {
    let mut room = room(2);
    let cases = [
        ("", "! there is nothing on that line"),
        (" \t ", "! there is nothing on that line"),
        (
            "/whoo",
            "! there is no command /whoo; /help says which there are, and //text says /text",
        ),
        (
            "/msg nobody hi",
            "! nobody here is called nobody; /who says who is here",
        ),
        ("/msg guest-1 hi", "! that would be to yourself"),
        ("/msg guest-2", "! that is used like this: /msg NICK TEXT"),
        ("/me", "! that is used like this: /me TEXT"),
        ("/nick", "! that is used like this: /nick NAME"),
        (
            "/nick a b",
            "! a nick has no spaces, nor what looks like one",
        ),
        ("/nick <a>", "! a nick has none of < > [ ]"),
        ("/nick /a", "! a nick doesn't begin with /, as commands do"),
        (
            "/nick a\u{200b}",
            "! a nick has no characters that nobody sees",
        ),
        (
            "/nick 123456789012345678901",
            "! a nick has 1 to 20 characters",
        ),
    ];
    for (line, refusal) in cases {
        assert_eq!(types(&mut room, 1, line), [told(&[1], refusal)], "{line:?}");
    }
    let letters = room.hear(1, Err(Refusal::NotUtf8));
    assert_eq!(
        words(&letters[0]),
        ["! that line is not UTF-8; nobody got it"]
    );
    assert_eq!(letters[0].to, To::One(1));
}

#[test]
fn no_escape_sequence_comes_out_whatever_way_it_came_in() {
    let mut room = room(2);
    let escape = "\x1b]0;x\x07\u{9b}2J\u{202e}";
    for line in ["", "/me ", "/msg guest-2 ", "/nick ", "/", "/msg "]
        .map(|start| format!("{start}{escape} {escape}"))
    {
        for (_, shown) in types(&mut room, 1, &line) {
            assert!(
                !shown.contains(|letter: char| letter.is_control() || letter == '\u{202e}'),
                "{shown:?}"
            );
        }
    }
}

#[test]
fn an_answer_to_the_question_says_nothing() {
    assert!(types(&mut room(2), 1, "/pong").is_empty());
}

#[test]
fn public_events_are_numbered_one_by_one() {
    let mut room = Room::new("test");
    let mut ids = Vec::new();
    let mut letters = room.join(1);
    letters.extend(room.join(2));
    for line in [
        "hello",
        "/me waves",
        "/msg guest-1 psst",
        "/who",
        "/nick bob",
        "/nick bob",
        "/quit",
    ] {
        letters.extend(room.hear(2, Ok(line)));
    }
    for letter in letters {
        if let ch08_chat::Event::Public(public) = letter.event {
            ids.push(public.id);
        }
    }
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
}
