//! The line echo that chapters 01 to 05 serve, as a [`Handler`].

use memchr::memchr;

use crate::{Buffer, ConnId, Handler, Io, Origin};

/// Longest line, in bytes without its LF.
pub const MAX_LINE: usize = 64 * 1024;

/// Echoes lines. A line goes back byte for byte once its LF has come; `quit` gets `goodbye` and a
/// close, a line longer than [`MAX_LINE`] `line too long` and a close.
#[derive(Debug, Default)]
pub struct LineEcho;

/// One connection of [`LineEcho`].
#[derive(Debug, Default)]
pub struct Line {
    /// Bytes at the front of the input that are known to hold no LF: not to be searched again.
    searched: usize,
}

// ANCHOR: echo
impl Handler for LineEcho {
    type Session = Line;

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) -> Line {
        Line::default()
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, line: &mut Line, input: &mut Buffer) {
        let (lines, last_word) = split(input, line.searched);
        // All lines of one read go back in one piece.
        io.send(id, &input[..lines]);
        input.consume(lines);
        line.searched = input.len();
        if let Some(last_word) = last_word {
            say_and_close(io, id, last_word);
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, _: &mut Line, input: &mut Buffer) {
        io.send(id, input);
        io.close(id);
    }
}
// ANCHOR_END: echo

#[cold]
fn say_and_close(io: &mut Io, id: ConnId, last_word: &[u8]) {
    io.send(id, last_word);
    io.close(id);
}

/// How many bytes at the front of `input` are lines to echo, and what to say behind them before
/// closing, if there is reason to. The first `searched` bytes hold no LF.
fn split(input: &[u8], searched: usize) -> (usize, Option<&'static [u8]>) {
    let mut start = 0;
    let mut searched = searched;
    while searched < input.len()
        && let Some(found) = memchr(b'\n', &input[searched..])
    {
        let end = searched + found;
        let line = &input[start..end];
        if line.len() > MAX_LINE {
            break;
        }
        if line == b"quit" || line == b"quit\r" {
            return (start, Some(b"goodbye\n"));
        }
        start = end + 1;
        searched = start;
    }
    let too_long = input.len() - start > MAX_LINE;
    (start, too_long.then_some(b"line too long\n"))
}

#[cfg(test)]
mod tests;
