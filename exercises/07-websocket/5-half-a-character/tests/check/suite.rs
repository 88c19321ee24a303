//! Texts in pieces, right ones and wrong ones.

use crate::subject::Utf8;

const BOOK: &str = "07-messages.html#text-is-utf-8";

/// Characters of one, two, three and four bytes, and some at the edges of what there is.
const TEXT: &str = "\u{feff}Hü€𝄞\0\r\n\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{fffe}\u{ffff}\u{10000}\u{10ffff}";

/// How a text was taken: `None` if it is right; else the place of the byte that was refused, or the length if
/// that was its end.
type Refused = Option<usize>;

#[test]
fn a_whole_text_is_taken() {
    let texts = ["", "Hello", TEXT];
    check(
        texts.map(|text| vec![text.as_bytes()]),
        |_| None,
        "The text is UTF-8, and all of it is in one piece.",
    );
}

#[test]
fn a_text_may_be_cut_anywhere() {
    let bytes = TEXT.as_bytes();
    check(
        (0..=bytes.len()).map(|at| vec![&bytes[..at], &bytes[at..]]),
        |_| None,
        "A piece may end within a character, if the next one goes on with it. Neither of the two need be UTF-8 \
         by itself.",
    );
}

#[test]
fn a_text_may_come_byte_by_byte() {
    check(
        [TEXT.as_bytes().chunks(1).collect()],
        |_| None,
        "A character came in up to four pieces. What was known of it behind the first must be known behind the \
         second and the third.",
    );
}

#[test]
fn a_piece_may_be_empty() {
    let pieces = TEXT.as_bytes().chunks(1).flat_map(|byte| [byte, b"", b""]);
    check(
        [pieces.collect()],
        |_| None,
        "An empty piece changes nothing: what has begun goes on behind it.",
    );
}

#[test]
fn a_text_does_not_end_within_a_character() {
    let texts: [&[u8]; 6] = [
        b"H\xc3",
        b"\xe2",
        b"\xe2\x82",
        b"\xf0\x9d\x84",
        b"\xf0",
        b"caf\xc3",
    ];
    let in_one = texts.into_iter().map(|text| vec![text]);
    let by_bytes = texts.into_iter().map(|text| text.chunks(1).collect());
    check(
        in_one.chain(by_bytes),
        Some,
        "The text ends, and its last character doesn't. No piece was wrong, so it is for `end` to say so.",
    );
}

#[test]
fn what_follows_must_go_on() {
    let texts: [(&[u8], usize); 5] = [
        (b"\xc3A", 1),
        (b"\xc3\xc3\xbc", 1),
        (b"\xe2\x82\xe2\x82\xac", 2),
        (b"\xf0\x9d\x84 ", 3),
        (b"\xe2\x82\xac\xac", 3),
    ];
    check_bad(
        &texts,
        "In the middle of a character, only the byte of a continuation can come, and nowhere else can it.",
    );
}

#[test]
fn what_never_occurs_is_refused() {
    let texts: [(&[u8], usize); 5] = [
        (b"a\x80", 1),
        (b"a\xc0\xaf", 1),
        (b"\xc1\xbf", 0),
        (b"a\xf5\x80\x80\x80", 1),
        (b"a\xff", 1),
    ];
    check_bad(
        &texts,
        "No character begins with this byte, so there is nothing to wait for.",
    );
}

#[test]
fn a_second_byte_may_be_impossible() {
    let texts: [(&[u8], usize); 4] = [
        (b"a\xe0\x9f\xbf", 2),
        (b"a\xed\xa0\x80", 2),
        (b"a\xf0\x8f\xbf\xbf", 2),
        (b"a\xf4\x90\x80\x80", 2),
    ];
    check_bad(
        &texts,
        "Behind this first byte, this second one can't come, whatever follows: see the table. Don't wait for \
         the rest of the character.",
    );
}

/// Has texts taken in one piece, where they must be refused by the end of it, and byte by byte, where the
/// place must be the right one.
#[track_caller]
fn check_bad(texts: &[(&[u8], usize)], means: &str) {
    for &(text, at) in texts {
        check([vec![text]], |_| Some(0), means);
        check([text.chunks(1).collect()], |_| Some(at), means);
        check([vec![&text[..at], &text[at..]]], |_| Some(at), means);
    }
}

/// Has texts taken, and compares the place at which each is refused with `expected` of its length. A place is
/// that of the first byte of the piece that was refused.
#[track_caller]
fn check<'a>(
    texts: impl IntoIterator<Item = Vec<&'a [u8]>>,
    expected: impl Fn(usize) -> Refused,
    means: &str,
) {
    let texts: Vec<_> = texts.into_iter().collect();
    let all: Vec<Refused> = harness::call(|| texts.iter().map(|pieces| refused(pieces)).collect());
    for (pieces, refused) in texts.iter().zip(all) {
        let bytes = pieces.concat();
        let expected = expected(bytes.len());
        assert!(
            refused == expected,
            "the text  {}\nexpected  {}\nreceived  {}\nit means  {means}\nread      book: {BOOK}",
            shown(pieces),
            words(expected, bytes.len()),
            words(refused, bytes.len())
        );
    }
}

fn refused(pieces: &[&[u8]]) -> Refused {
    let mut utf8 = Utf8::default();
    let mut at = 0;
    for piece in pieces {
        if utf8.check(piece).is_err() {
            return Some(at);
        }
        at += piece.len();
    }
    utf8.end().err().map(|_| at)
}

fn words(refused: Refused, length: usize) -> String {
    match refused {
        None => "Ok, to its end".to_owned(),
        Some(at) if at == length => "Bad, from `end`".to_owned(),
        Some(at) => format!("Bad, with the piece that begins at byte {at}"),
    }
}

/// `48 c3 | bc`, and only the first of many pieces.
fn shown(pieces: &[&[u8]]) -> String {
    let hex = |piece: &&[u8]| {
        let digits = piece.iter().map(|byte| format!("{byte:02x}"));
        digits.collect::<Vec<_>>().join(" ")
    };
    let shown: Vec<_> = pieces.iter().take(9).map(hex).collect();
    let more = if pieces.len() > 9 { " | …" } else { "" };
    format!("{}{more}", shown.join(" | "))
}
