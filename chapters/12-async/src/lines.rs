//! The line echo as a function of bytes, with no socket and no waiting: chapter 01's rules.

use memchr::memchr;

/// Longest line, in bytes without its LF.
pub const MAX_LINE: usize = 64 * 1024;

/// What to do once the answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Read on.
    Continue,
    /// Close our direction, and wait for the peer's end.
    Close,
    /// The peer has finished sending: nothing is left to do.
    End,
}

/// One connection's unfinished line. An idle connection keeps no bytes, and no memory for them.
#[derive(Debug, Default)]
pub struct Lines {
    kept: Vec<u8>,
}

impl Lines {
    /// Takes what one read has brought, nothing at the end, and returns the answer.
    pub fn feed(&mut self, input: &[u8]) -> (Vec<u8>, Next) {
        let mut kept = std::mem::take(&mut self.kept);
        if input.is_empty() {
            return (kept, Next::End); // the last line, unfinished as it is
        }
        let searched = kept.len();
        let input = if searched == 0 {
            input
        } else {
            kept.extend_from_slice(input);
            &kept
        };
        let (lines, last_word) = split(input, searched);
        let mut answer = input[..lines].to_vec();
        if let Some(last_word) = last_word {
            answer.extend_from_slice(last_word);
            return (answer, Next::Close);
        }
        self.kept = input[lines..].to_vec();
        (answer, Next::Continue)
    }
}

/// How many bytes at the front of `input` are whole lines, and the last word after them, if there
/// is a reason for one. The first `searched` bytes hold no LF.
fn split(input: &[u8], searched: usize) -> (usize, Option<&'static [u8]>) {
    let (mut start, mut searched) = (0, searched);
    while let Some(found) = memchr(b'\n', &input[searched..]) {
        let end = searched + found;
        let line = &input[start..end];
        if line.len() > MAX_LINE {
            break;
        }
        if matches!(line, b"quit" | b"quit\r") {
            return (start, Some(b"goodbye\n"));
        }
        start = end + 1;
        searched = start;
    }
    let too_long = input.len() - start > MAX_LINE;
    (start, too_long.then_some(b"line too long\n"))
}

#[cfg(test)]
mod tests {
    use blocking::LineEcho;

    use super::*;

    fn answer(pieces: &[&[u8]]) -> Vec<u8> {
        let (mut lines, mut output) = (Lines::default(), Vec::new());
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            let (answer, next) = lines.feed(piece);
            output.extend(answer);
            if next == Next::Close {
                return output;
            }
        }
        output.extend(lines.feed(b"").0);
        output
    }

    #[test]
    fn any_two_cuts_give_the_answer_of_chapter_01() {
        let input = b"one\r\n\n\xff\x00\nquit now\nlast quit\nquit\r\nmore\n";
        let mut expected = Vec::new();
        LineEcho::default().feed(input, &mut expected);
        for first in 0..=input.len() {
            for second in first..=input.len() {
                let pieces = [&input[..first], &input[first..second], &input[second..]];
                assert_eq!(answer(&pieces), expected, "cut at {first} and {second}");
            }
        }
    }

    #[test]
    fn a_line_may_be_max_line_long_and_no_longer() {
        let mut longest = vec![b'x'; MAX_LINE];
        longest.push(b'\n');
        assert_eq!(answer(&[&longest]), longest);
        let too_long = vec![b'x'; MAX_LINE + 1];
        assert_eq!(answer(&[b"one\n", &too_long]), b"one\nline too long\n");
    }

    #[test]
    fn without_an_unfinished_line_it_keeps_no_memory() {
        let mut lines = Lines::default();
        lines.feed(b"hel");
        assert_eq!(lines.feed(b"lo\n"), (b"hello\n".to_vec(), Next::Continue));
        assert_eq!(lines.kept.capacity(), 0);
    }
}
