//! What is typed, line by line.

use anyhow::bail;

/// Longest line, in bytes: a message is no longer, unless the server has agreed to it.
const MAX_LINE: usize = 16 * 1024 * 1024;

/// Cuts what is typed into lines; a read may end within one.
#[derive(Debug, Default)]
pub struct Typed {
    unfinished: Vec<u8>,
}

impl Typed {
    /// Calls `line` with each line that `bytes` complete, without its line feed.
    ///
    /// # Errors
    /// The first of `line`; or if a line gets too long: what follows can't be sent any more.
    pub fn feed<E>(
        &mut self,
        bytes: &[u8],
        mut line: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> anyhow::Result<()>
    where
        anyhow::Error: From<E>,
    {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            if self.unfinished.len() + piece.len() > MAX_LINE {
                bail!("a line has more than {MAX_LINE} bytes");
            }
            match piece.strip_suffix(b"\n") {
                Some(end) if self.unfinished.is_empty() => line(end)?,
                Some(end) => {
                    self.unfinished.extend_from_slice(end);
                    line(&std::mem::take(&mut self.unfinished))?;
                }
                None => self.unfinished.extend_from_slice(piece),
            }
        }
        Ok(())
    }

    /// Calls `line` with the last line, if its line feed is missing.
    ///
    /// # Errors
    /// That of `line`.
    pub fn end<E>(&mut self, line: impl FnOnce(&[u8]) -> Result<(), E>) -> anyhow::Result<()>
    where
        anyhow::Error: From<E>,
    {
        let last = std::mem::take(&mut self.unfinished);
        if !last.is_empty() {
            line(&last)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::{MAX_LINE, Typed};

    #[test]
    fn lines_come_out_as_they_are_whatever_the_reads() {
        let bytes = b"one\n\nthree\nrest";
        for cut in 0..bytes.len() {
            let (mut typed, mut lines) = (Typed::default(), Vec::new());
            let mut push = |line: &[u8]| {
                lines.push(line.to_vec());
                Ok::<_, Infallible>(())
            };
            typed.feed(&bytes[..cut], &mut push).expect("short lines");
            typed.feed(&bytes[cut..], &mut push).expect("short lines");
            typed.end(&mut push).expect("a last line");
            typed.end(&mut push).expect("none more");
            assert_eq!(lines, [&b"one"[..], b"", b"three", b"rest"], "cut at {cut}");
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut typed = Typed::default();
        let ignore = |_: &[u8]| Ok::<_, Infallible>(());
        assert!(typed.feed(&vec![b'x'; MAX_LINE], ignore).is_ok());
        assert!(typed.feed(b"x", ignore).is_err());
    }
}
