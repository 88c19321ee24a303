//! The line echo: what the servers of chapters 01 to 05 answer, as a function of bytes.
//!
//! A TCP connection carries a stream of bytes, not messages: one read may bring half a line or
//! three. So the unfinished line is kept until its LF comes.

/// Longest line, in bytes without its LF. A peer that never sends LF can't make us keep more.
pub const MAX_LINE: usize = 64 * 1024;

// ANCHOR: types
/// What to do once the answer has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Read on.
    Continue,
    /// Close the connection.
    Close,
}

/// One connection's state: the line that has not ended yet.
#[derive(Debug, Default)]
pub struct LineEcho {
    line: Vec<u8>,
}
// ANCHOR_END: types

impl LineEcho {
    /// Takes `bytes` as they came, cut anywhere, and appends the answer to `output`.
    ///
    /// Every line goes back as it came. `quit` is answered `goodbye`, a line longer than
    /// [`MAX_LINE`] `line too long`; after these two, whatever follows is ignored.
    // ANCHOR: line_echo
    pub fn feed(&mut self, bytes: &[u8], output: &mut Vec<u8>) -> Next {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            self.line.extend_from_slice(piece);
            let finished = piece.ends_with(b"\n");
            if self.line.len() - usize::from(finished) > MAX_LINE {
                output.extend_from_slice(b"line too long\n");
                return Next::Close;
            }
            if !finished {
                return Next::Continue; // the rest of this line is still on its way
            }
            if matches!(self.line.as_slice(), b"quit\n" | b"quit\r\n") {
                output.extend_from_slice(b"goodbye\n");
                return Next::Close;
            }
            output.append(&mut self.line);
        }
        Next::Continue
    }
    // ANCHOR_END: line_echo

    /// The peer has finished sending: an unfinished last line goes back as it is.
    pub fn end(&mut self, output: &mut Vec<u8>) {
        output.append(&mut self.line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the pieces one after the other, then the end.
    fn answer(pieces: &[&[u8]]) -> Vec<u8> {
        let mut echo = LineEcho::default();
        let mut output = Vec::new();
        for piece in pieces {
            if echo.feed(piece, &mut output) == Next::Close {
                return output;
            }
        }
        echo.end(&mut output);
        output
    }

    #[test]
    fn any_two_cuts_give_the_same_answer() {
        let input = b"one\r\n\n\xff\x00\nlast quit\nquit\nmore\n";
        for first in 0..=input.len() {
            for second in first..=input.len() {
                let pieces = [&input[..first], &input[first..second], &input[second..]];
                let expected = b"one\r\n\n\xff\x00\nlast quit\ngoodbye\n";
                assert_eq!(answer(&pieces), expected, "cut at {first} and {second}");
            }
        }
    }

    #[test]
    fn an_unfinished_last_line_goes_back_at_the_end() {
        assert_eq!(answer(&[b"one\ntw", b"o"]), b"one\ntwo");
        assert_eq!(answer(&[b"quit"]), b"quit");
    }

    #[test]
    fn a_line_may_be_max_line_long_and_no_longer() {
        let mut longest = vec![b'x'; MAX_LINE];
        longest.push(b'\n');
        assert_eq!(answer(&[&longest]), longest);
        let too_long = vec![b'x'; MAX_LINE + 1];
        assert_eq!(answer(&[b"one\n", &too_long]), b"one\nline too long\n");
    }
}
