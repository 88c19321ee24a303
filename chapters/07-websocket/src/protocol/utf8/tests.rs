use super::{Impossible, Utf8};

/// Checks `bytes` in pieces that end at `ends`: where it became impossible, or whether it may end.
fn check(bytes: &[u8], ends: &[usize]) -> Result<bool, Impossible> {
    let (mut utf8, mut at) = (Utf8::default(), 0);
    for &end in ends {
        utf8.check(&bytes[at..end])?;
        at = end;
    }
    Ok(utf8.is_complete())
}

/// The same whole, byte by byte, and in two pieces cut at every position.
fn in_all_pieces(bytes: &[u8]) -> Result<bool, Impossible> {
    let whole = check(bytes, &[bytes.len()]);
    let each: Vec<_> = (0..=bytes.len()).collect();
    let shown = bytes.escape_ascii();
    assert_eq!(check(bytes, &each), whole, "byte by byte: {shown}");
    for cut in 0..bytes.len() {
        let outcome = check(bytes, &[cut, bytes.len()]);
        assert_eq!(outcome, whole, "cut at {cut}: {shown}");
    }
    whole
}

#[test]
fn text_is_text_wherever_it_is_cut() {
    for text in [
        "",
        "plain",
        "Hü€😀",
        "\u{7ff}\u{800}\u{ffff}\u{10000}\u{10ffff}",
    ] {
        assert_eq!(in_all_pieces(text.as_bytes()), Ok(true), "{text}");
    }
}

#[test]
fn a_text_must_not_end_within_a_character() {
    for character in ["ü", "€", "😀"] {
        let bytes = character.as_bytes();
        for end in 1..bytes.len() {
            assert_eq!(in_all_pieces(&bytes[..end]), Ok(false), "{character}");
        }
    }
}

/// Each begins with a byte, or with some that may stand there, and ends with one that can't.
#[test]
fn what_can_become_no_character_is_refused_at_its_first_impossible_byte() {
    for bytes in [
        &b"\x80"[..], // a character's second byte
        b"\xc0",      // two bytes for what needs one
        b"\xc1",
        b"\xf5", // beyond U+10FFFF
        b"\xff",
        b"\xc3A",
        b"\xc3\xc3",
        b"\xe0\x9f", // three bytes for what needs two
        b"\xed\xa0", // a surrogate
        b"\xe2\x82A",
        b"\xf0\x8f", // four bytes for what needs three
        b"\xf4\x90", // beyond U+10FFFF
        b"\xf0\x9f\x98A",
    ] {
        let (last, begun) = bytes.split_last().expect("a byte at least");
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.check(begun), Ok(()), "{}", begun.escape_ascii());
        assert_eq!(
            utf8.check(&[*last]),
            Err(Impossible),
            "{}",
            bytes.escape_ascii()
        );
        assert_eq!(
            in_all_pieces(&[b"abc\xc3\xbc", bytes].concat()),
            Err(Impossible)
        );
    }
}

#[test]
fn every_sequence_of_three_bytes_is_judged_as_by_the_standard_library() {
    // The interesting ones of each kind: ASCII, continuations at the edges, each leading byte.
    let mut telling = vec![0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf];
    telling.extend(0xc0..=0xff);
    for &a in &telling {
        for &b in &telling {
            for &c in &telling {
                let bytes = [a, b, c];
                let expected = match str::from_utf8(&bytes) {
                    Ok(_) => Ok(true),
                    Err(error) if error.error_len().is_none() => Ok(false),
                    Err(_) => Err(Impossible),
                };
                let outcome = check(&bytes, &[1, 2, 3]);
                assert_eq!(outcome, expected, "{}", bytes.escape_ascii());
            }
        }
    }
}
