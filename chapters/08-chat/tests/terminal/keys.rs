//! Keys and the line, without a terminal.

use ch08_chat::terminal::keys::{Key, Keys};
use ch08_chat::terminal::line::Line;
use proptest::prelude::*;

/// Bytes with all that a terminal may send.
const ALL: &str = "a\u{e9}日\x1b[D\x1bOC\x1b[1;5C\x1b[3~\x1b[H\x1b[4~\x1b[200~p\rq\t\x03\x1b[201~\r\x7f\x01\x1b\x04";

fn keys_of(pieces: &[&[u8]]) -> Vec<Key> {
    let mut keys = Keys::default();
    pieces.iter().flat_map(|piece| keys.feed(piece)).collect()
}

#[test]
fn bytes_become_keys() {
    use Key::{Backspace, Char, Delete, End, EndOfInput, Enter, Home, Left, Right};
    let text = [Char('a'), Char('é'), Char('日')];
    let moves = [Left, Right, Right, Delete, Home, End];
    let paste = [Char('p'), Char('\n'), Char('q'), Char(' ')];
    let rest = [Enter, Backspace, Home, EndOfInput];
    let expected = [&text[..], &moves, &paste, &rest].concat();
    assert_eq!(keys_of(&[ALL.as_bytes()]), expected);
}

#[test]
fn a_read_may_end_anywhere() {
    let bytes = ALL.as_bytes();
    let whole = keys_of(&[bytes]);
    for cut in 0..bytes.len() {
        assert_eq!(
            keys_of(&[&bytes[..cut], &bytes[cut..]]),
            whole,
            "cut at {cut}"
        );
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(keys_of(&single), whole, "byte by byte");
}

#[test]
fn what_does_not_go_on_is_given_up_and_what_follows_is_typed() {
    use Key::Char;
    for begun in [
        "\x1b",
        "\x1b[1;1",
        "\x1b[3$",
        "\x1bO",
        "\x1b]10;rgb",
        "\x1b[[",
    ] {
        let mut keys = Keys::default();
        assert_eq!(keys.feed(begun.as_bytes()), []);
        assert!(keys.waits(), "{begun:?}");
        keys.give_up();
        assert_eq!(keys.feed(b"Ok"), [Char('O'), Char('k')], "{begun:?}");
        assert!(!keys.waits(), "{begun:?}");
    }
}

#[test]
fn function_keys_and_reports_type_nothing() {
    for sequence in [
        "\x1b[[A",
        "\x1b[[E",
        "\x1b[15~",
        "\x1bOP",
        "\x1b]10;rgb:0/0/0\x1b\\",
        "\x1bP1$r0m\x1b\\",
    ] {
        let keys = keys_of(&[sequence.as_bytes(), b"a"]);
        assert_eq!(keys, [Key::Char('a')], "{sequence:?}");
    }
}

#[test]
fn what_is_pasted_is_text_whatever_is_in_it() {
    let pasted = keys_of(&[b"\x1b[200~a\x1b[31mb\x1b]c\x1b[20\x1b[201~\r"]);
    let text: String = pasted
        .iter()
        .filter_map(|key| match key {
            Key::Char(letter) => Some(*letter),
            _ => None,
        })
        .collect();
    assert_eq!(text, "a[31mb]c[20");
    assert_eq!(pasted.last(), Some(&Key::Enter));
}

proptest! {
    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut line = Line::default();
        for key in keys_of(&bytes.chunks(3).collect::<Vec<_>>()) {
            match key {
                Key::Char(letter) => {
                    prop_assert!(letter == '\n' || !letter.is_control());
                    prop_assert!(line.insert(letter));
                }
                Key::Backspace => line.backspace(),
                Key::Delete => line.delete(),
                Key::Left => line.left(),
                Key::Right => line.right(),
                Key::Home => line.home(),
                Key::End => line.end(),
                Key::EraseWord => line.erase_word(),
                Key::EraseToStart => line.erase_to_start(),
                _ => {}
            }
            let (before, after) = line.halves();
            prop_assert_eq!(format!("{before}{after}"), line.text());
        }
    }
}
