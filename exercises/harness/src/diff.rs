//! What was expected beside what came, with a mark under the first wrong byte.
//!
//! ```text
//! expected  "hello\n"
//! received  "hell0\n"
//!                ^ byte 4: expected 6f 'o', received 30 '0'
//! ```

use crate::verdict::{INDENT, row};
use crate::words::{count, escape, escape_byte, fitting, thousands};

/// Columns shown before the mark, and after it.
const BEFORE: usize = 16;
const AFTER: usize = 36;

/// Why no more bytes came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Enough bytes came, and the connection is open.
    Enough,
    /// Nothing more came within the deadline.
    Silence,
    /// The peer finished sending (end of file).
    End,
    /// The peer reset the connection.
    Reset,
}

/// The lines that show where `received` departs from `expected`; none where both are equal.
///
/// Bytes count from 0. Of long inputs a window around the first wrong byte is shown.
#[must_use]
pub fn diff(expected: &[u8], received: &[u8]) -> Option<Vec<String>> {
    compare(expected, received, Stop::End)
}

/// As [`diff`], where the reader knows why `received` stopped.
pub(crate) fn compare(expected: &[u8], received: &[u8], stop: Stop) -> Option<Vec<String>> {
    if expected == received {
        return None;
    }
    let same = expected
        .iter()
        .zip(received)
        .take_while(|(a, b)| a == b)
        .count();
    let from = window_start(&expected[..same]);
    let lead = if from > 0 { "…" } else { "" };
    let column = 1 + lead.chars().count() + escape(&expected[from..same]).len();
    Some(vec![
        row("expected", &window(lead, expected, from, same)),
        row("received", &window(lead, received, from, same)),
        format!(
            "{:1$}^ {2}",
            "",
            INDENT + column,
            mark(expected, received, same, stop)
        ),
    ])
}

/// Where to begin, so that the equal bytes before the mark take at most [`BEFORE`] columns.
fn window_start(same: &[u8]) -> usize {
    let mut columns = 0;
    let shown = same.iter().rev().take_while(|&&byte| {
        columns += escape_byte(byte).len();
        columns <= BEFORE
    });
    same.len() - shown.count()
}

fn window(lead: &str, bytes: &[u8], from: usize, mark: usize) -> String {
    let to = mark + fitting(&bytes[mark..], AFTER);
    let cut = if to < bytes.len() { "…" } else { "" };
    format!("\"{lead}{}{cut}\"", escape(&bytes[from..to]))
}

fn mark(expected: &[u8], received: &[u8], at: usize, stop: Stop) -> String {
    let position = format!("byte {}", thousands(at));
    match (expected.get(at), received.get(at)) {
        (Some(&wanted), Some(&got)) => {
            format!(
                "{position}: expected {}, received {}",
                spell(wanted),
                spell(got)
            )
        }
        (Some(&wanted), None) => {
            let missing = count(expected.len() - at, "byte");
            let fate = match stop {
                Stop::Enough => format!("{missing} missing"),
                Stop::Silence => format!("then silence, {missing} missing"),
                Stop::End => format!("ended {missing} early"),
                Stop::Reset => format!("reset {missing} early"),
            };
            format!("{position}: expected {}, {fate}", spell(wanted))
        }
        (None, _) => format!(
            "{position}: {} too many",
            count(received.len() - at, "byte")
        ),
    }
}

/// `6f 'o'`
fn spell(byte: u8) -> String {
    format!("{byte:02x} '{}'", escape_byte(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(expected: &[u8], received: &[u8], stop: Stop) -> String {
        compare(expected, received, stop)
            .expect("they differ")
            .join("\n")
    }

    /// The mark stands under the byte it speaks of.
    fn marked(lines: &[String]) -> String {
        let column = lines[2].chars().position(|c| c == '^').expect("a mark");
        lines[1].chars().skip(column).collect()
    }

    #[test]
    fn equal_bytes_have_no_diff() {
        assert_eq!(diff(b"a\n", b"a\n"), None);
    }

    #[test]
    fn the_mark_stands_under_the_first_wrong_byte() {
        assert_eq!(
            drawn(b"hello\n", b"hell0\n", Stop::Enough),
            "expected  \"hello\\n\"\n\
             received  \"hell0\\n\"\n               \
             ^ byte 4: expected 6f 'o', received 30 '0'"
        );
    }

    #[test]
    fn escapes_before_the_mark_move_it() {
        let lines = diff(b"\0\xff\r\nab", b"\0\xff\r\nax").expect("they differ");
        assert_eq!(marked(&lines), "x\"");
    }

    #[test]
    fn a_long_input_is_shown_around_the_mark() {
        let expected = vec![b'a'; 70_000];
        let mut received = expected.clone();
        received[65_536] = b'\n';
        let lines = diff(&expected, &received).expect("they differ");
        assert!(marked(&lines).starts_with("\\naaa"), "{lines:#?}");
        assert!(lines[2].ends_with("byte 65,536: expected 61 'a', received 0a '\\n'"));
        assert!(
            lines.iter().all(|line| line.chars().count() <= 80),
            "{lines:#?}"
        );
    }

    #[test]
    fn an_answer_that_stops_early_says_how_early_and_why() {
        assert!(
            drawn(b"hello\n", b"hel", Stop::End).ends_with("expected 6c 'l', ended 3 bytes early")
        );
        assert!(
            drawn(b"hello\n", b"hello", Stop::Silence).ends_with("then silence, 1 byte missing")
        );
        assert!(drawn(b"hello\n", b"hello", Stop::Reset).ends_with("reset 1 byte early"));
    }

    #[test]
    fn an_answer_that_goes_on_says_how_far() {
        let lines = diff(b"a\n", b"a\nbye").expect("they differ");
        assert_eq!(marked(&lines), "bye\"");
        assert!(lines[2].ends_with("byte 2: 3 bytes too many"));
    }
}
