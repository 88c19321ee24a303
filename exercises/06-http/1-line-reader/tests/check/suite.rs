//! Lines whole, in pieces, and broken.

use std::cell::Cell;
use std::ops::Range;

use crate::subject::{Bad, Input, LineReader};

const BOOK: &str = "06-http.html#a-line-or-not-yet";

/// Two lines of a head, the empty line that ends it, and the beginning of something else.
const HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\nmore";

/// What the reader found in the end, in words, and after how many bytes it had said `Err`.
type Outcome = (Vec<String>, Option<usize>);

#[test]
fn nothing_is_no_line_yet() {
    let outcome = harness::call(|| read(&[b""]));
    check(
        &[b""],
        &outcome,
        &["None"],
        "No byte has come, so there is no line, and nothing is wrong.",
    );
}

#[test]
fn a_whole_line_is_found() {
    let pieces: &[&[u8]] = &[b"GET / HTTP/1.1\r\n"];
    let outcome = harness::call(|| read(pieces));
    check(
        pieces,
        &outcome,
        &["GET / HTTP/1.1", "None"],
        "All of the line is there. A byte that is neither CR nor LF is a part of it: look at the next one. Its \
         CR LF is not a part of it.",
    );
}

#[test]
fn each_call_finds_the_next_line() {
    let outcome = harness::call(|| read(&[HEAD]));
    check(
        &[HEAD],
        &outcome,
        &["GET / HTTP/1.1", "Host: example.org", "", "None"],
        "Each line begins behind the CR LF of the one before. The third is empty: that is how a head ends. And \
         \"more\" may be the beginning of a fourth.",
    );
}

#[test]
fn a_line_may_be_cut_anywhere() {
    let cut = |at| [&HEAD[..at], &HEAD[at..]];
    let outcomes: Vec<Outcome> =
        harness::call(|| (0..=HEAD.len()).map(|at| read(&cut(at))).collect());
    for (at, outcome) in outcomes.iter().enumerate() {
        check(
            &cut(at),
            outcome,
            &["GET / HTTP/1.1", "Host: example.org", "", "None"],
            "The same bytes in two pieces are the same lines. After the first piece the reader said None where \
             no line was complete; with the second it has to go on from there. A CR at the end of a piece \
             may still get its LF.",
        );
    }
}

#[test]
fn a_line_may_come_byte_by_byte() {
    let pieces: Vec<&[u8]> = HEAD.chunks(1).collect();
    let outcome = harness::call(|| read(&pieces));
    check(
        &pieces,
        &outcome,
        &["GET / HTTP/1.1", "Host: example.org", "", "None"],
        "The same bytes one at a time are the same lines. What the reader has learned from one byte must \
         still be known when the next one comes.",
    );
}

#[test]
fn a_lone_line_feed_is_bad() {
    let inputs: [&[&[u8]]; 4] = [
        &[b"GET / HTTP/1.1\nHost: a\r\n"],
        &[b"\n"],
        &[b"one\r\n\ntwo\r\n"],
        &[b"one\r\n", b"\n"],
    ];
    let outcomes = harness::call(|| inputs.map(read));
    for (pieces, outcome) in inputs.into_iter().zip(&outcomes) {
        let before: &[&str] = if pieces[0].starts_with(b"one") {
            &["one"]
        } else {
            &[]
        };
        check(
            pieces,
            outcome,
            &[before, &["Err(LineFeed)"]].concat(),
            "This LF has no CR before it. For some programs it ends a line, for others it doesn't; so what \
             follows would be one thing for the proxy before you, and another for you.",
        );
    }
}

#[test]
fn a_lone_carriage_return_is_bad() {
    let inputs: [&[&[u8]]; 4] = [
        &[b"GET /\rx HTTP/1.1\r\n"],
        &[b"\r\r\n"],
        &[b"\r", b"\r", b"\n"],
        &[b"a: b\r", b"c: d\r\n"],
    ];
    let outcomes = harness::call(|| inputs.map(read));
    for (pieces, outcome) in inputs.into_iter().zip(&outcomes) {
        check(
            pieces,
            outcome,
            &["Err(CarriageReturn)"],
            "This CR has no LF behind it, but something else. It neither ends a line nor belongs into one.",
        );
    }
}

#[test]
fn what_is_bad_is_bad_at_once() {
    for (bytes, at, says) in [
        (&b"a: b\nc: d\r\n"[..], 5, "Err(LineFeed)"),
        (b"a: b\rc: d\r\n", 6, "Err(CarriageReturn)"),
    ] {
        let pieces: Vec<&[u8]> = bytes.chunks(1).collect();
        let outcome = harness::call(|| read(&pieces));
        let means = "Whoever sends this shall not be waited for: from here on, nothing that comes can make \
                     a line of it.";
        check(&pieces, &outcome, &[says], means);
        if outcome.1 != Some(at) {
            fail(
                &format!(
                    "the input {}, byte by byte\n\
                     expected  {says} once byte {at} of them has come\n\
                     received  None then, and {says} after byte {}",
                    shown(bytes),
                    outcome.1.unwrap_or(0)
                ),
                means,
            );
        }
    }
}

#[test]
fn no_byte_is_looked_at_again_and_again() {
    const LENGTH: usize = 2000;
    let looks: usize = harness::call(|| {
        let line = [&[b'x'; LENGTH - 2][..], b"\r\n"].concat();
        let mut input = Bytes::default();
        let mut reader = LineReader::default();
        for &byte in &line {
            input.bytes.push(byte);
            let _ = reader.next(&input); // other tests ask what it says
        }
        input.looks.get()
    });
    // Two bytes at a time, and the last ones once more with each piece: five.
    if looks > 5 * LENGTH {
        fail(
            &format!(
                "the input a line of {LENGTH} bytes, byte by byte\n\
                 expected  a few looks at each byte, {} in all at the most\n\
                 received  {looks} looks",
                5 * LENGTH
            ),
            "With each piece the reader began again at the start of the line. Remember how far you have \
             looked: who sends in small pieces must not cost you the square of what was sent.",
        );
    }
}

/// An input that counts.
#[derive(Default)]
struct Bytes {
    bytes: Vec<u8>,
    looks: Cell<usize>,
}

impl Input for Bytes {
    fn byte(&self, at: usize) -> Option<u8> {
        let byte = self.bytes.get(at).copied();
        self.looks
            .set(self.looks.get() + usize::from(byte.is_some()));
        byte
    }
}

/// Has the reader read `pieces`, one behind another, and asks it after each for all the lines there are.
fn read(pieces: &[&[u8]]) -> Outcome {
    let mut input = Bytes::default();
    let mut reader = LineReader::default();
    let mut found = Vec::new();
    for piece in pieces {
        input.bytes.extend_from_slice(piece);
        loop {
            match reader.next(&input) {
                Ok(Some(line)) => found.push(text(&input.bytes, line)),
                Ok(None) => break,
                Err(bad) => {
                    let bad = match bad {
                        Bad::CarriageReturn => "Err(CarriageReturn)",
                        Bad::LineFeed => "Err(LineFeed)",
                    };
                    found.push(bad.to_owned());
                    return (found, Some(input.bytes.len()));
                }
            }
            assert!(
                found.len() <= input.bytes.len(),
                "more lines than bytes: {found:?}"
            );
        }
    }
    found.push("None".to_owned());
    (found, None)
}

/// A line's text; or its range, if that is not in the input.
fn text(bytes: &[u8], line: Range<usize>) -> String {
    let range = format!("{line:?}");
    let line = bytes.get(line);
    line.map_or(range, |line| line.escape_ascii().to_string())
}

#[track_caller]
fn check(pieces: &[&[u8]], (found, _): &Outcome, expected: &[&str], means: &str) {
    if found != expected {
        let pieces: Vec<_> = match pieces {
            [one] => vec![shown(one)],
            _ if pieces.len() > 3 => vec![shown(&pieces.concat()), "byte by byte".to_owned()],
            _ => pieces.iter().map(|piece| shown(piece)).collect(),
        };
        fail(
            &format!(
                "the input {}\nexpected  {}\nreceived  {}",
                pieces.join(", "),
                list(expected),
                list(found)
            ),
            means,
        );
    }
}

/// `"GET / HTTP/1.1", "", then None`
fn list<T: AsRef<str>>(found: &[T]) -> String {
    let (last, lines) = found.split_last().expect("an end, at least");
    let mut words: Vec<_> = lines
        .iter()
        .map(|line| format!("\"{}\"", line.as_ref()))
        .collect();
    let then = if words.is_empty() { "" } else { "then " };
    words.push(format!("{then}{}", last.as_ref()));
    words.join(", ")
}

fn shown(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

/// Ends the test with a verdict.
#[track_caller]
fn fail(facts: &str, means: &str) -> ! {
    panic!("{facts}\nit means  {means}\nread      book: {BOOK}");
}
