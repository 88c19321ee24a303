//! Bytes that nobody would type.

use ch08_chat::{MAX_LINE, Refusal, Room};
use proptest::prelude::*;

use crate::checks::{self, lines};
use crate::words;

#[test]
fn lines_may_be_cut_anywhere() {
    let bytes = "hello\r\n\n/me é\nlast".as_bytes();
    let whole = lines(bytes, &[]).0;
    let texts: Vec<_> = whole.iter().map(|line| line.as_deref()).collect();
    assert_eq!(texts, [Ok("hello"), Ok(""), Ok("/me é"), Ok("last")]);
    for cut in 0..bytes.len() {
        assert_eq!(lines(bytes, &[cut]).0, whole, "cut at {cut}");
    }
    let each: Vec<_> = (0..bytes.len()).collect();
    assert_eq!(lines(bytes, &each).0, whole);
}

#[test]
fn a_line_has_a_thousand_bytes_at_most_and_what_follows_goes_on() {
    for end in ["\n", "\r\n"] {
        for length in [MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, MAX_LINE + 2, 5000] {
            let bytes = format!("{}{end}next\n", "x".repeat(length));
            let each: Vec<_> = (0..bytes.len()).collect();
            for cuts in [
                &[][..],
                &[MAX_LINE],
                &[MAX_LINE + 1],
                &[MAX_LINE + 2],
                &each,
            ] {
                let (lines, _) = lines(bytes.as_bytes(), cuts);
                assert_eq!(lines.len(), 2, "{length}: {lines:?}");
                assert_eq!(lines[0].is_ok(), length <= MAX_LINE, "{length}");
                assert_eq!(lines[1].as_deref(), Ok("next"), "{length}");
            }
        }
    }
}

#[test]
fn what_is_left_of_a_line_that_was_too_long_is_no_line() {
    let bytes = [b'x'; 3 * MAX_LINE];
    assert_eq!(lines(&bytes, &[]).0, [Err(Refusal::TooLong)]);
}

/// Bytes with many line ends and some that aren't UTF-8, and runs that are too long.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..20),
        2 => Just(b"\n".to_vec()),
        1 => Just(b"\r\n".to_vec()),
        2 => "\\PC{0,30}".prop_map(String::into_bytes),
        1 => (900..1100_usize).prop_map(|length| vec![b'x'; length]),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in_whatever_pieces_the_lines_are_the_same_and_one_is_kept_at_most(
        bytes in bytes(),
        mut cuts in prop::collection::vec(0..4000_usize, 0..20),
    ) {
        cuts.sort_unstable();
        checks::reading(&bytes, &cuts);
    }

    #[test]
    fn whatever_is_typed_one_line_comes_out_that_can_be_shown(
        line in "(/msg guest-2|/nick|/me|/|//|)[ \t\u{a0}]?(\\PC|\\p{Cc}|\\p{Cf}){0,40}",
    ) {
        let mut room = Room::new("test");
        let _ = (room.join(1), room.join(2));
        for letter in room.hear(1, Ok(&line)) {
            let lines = words(&letter);
            prop_assert_eq!(lines.len(), 1);
            for shown in lines {
                prop_assert!(!shown.contains(char::is_control), "{:?}", shown);
            }
        }
    }
}
