//! What the program shows of what a server sends.

use std::io::{self, IsTerminal, Stdout, Write};

use super::Incoming;

/// Standard output. What is shown waits for [`Self::flush`].
#[derive(Debug)]
pub struct Display {
    out: io::BufWriter<Stdout>,
    medium: Medium,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Medium {
    Terminal,
    Stream,
}

impl Display {
    pub fn new() -> Self {
        let out = io::stdout();
        let medium = if out.is_terminal() {
            Medium::Terminal
        } else {
            Medium::Stream
        };
        Self {
            out: io::BufWriter::new(out),
            medium,
        }
    }

    /// Shows a message.
    ///
    /// # Errors
    /// As `write(2)`.
    pub fn show(&mut self, incoming: &Incoming) -> io::Result<()> {
        match incoming {
            // Whatever a server sends, it doesn't control the terminal.
            Incoming::Text(text) if self.medium == Medium::Terminal => {
                writeln!(self.out, "{}", text.replace(char::is_control, "\u{fffd}"))
            }
            Incoming::Text(text) => writeln!(self.out, "{text}"),
            Incoming::Binary(bytes) => {
                writeln!(self.out, "{} bytes: {}", bytes.len(), bytes.escape_ascii())
            }
            Incoming::Pong(_) => writeln!(self.out, "a Pong"),
            Incoming::Opened(None) => self.note("connected"),
            Incoming::Opened(Some(protocol)) => {
                self.note(&format!("connected, speaking {}", protocol.escape_debug()))
            }
            Incoming::Close(_) => Ok(()),
        }
    }

    /// Shows what isn't from the server, to a person.
    ///
    /// # Errors
    /// As `write(2)`.
    pub fn note(&mut self, text: &str) -> io::Result<()> {
        if self.medium == Medium::Terminal {
            self.out.flush()?;
            let text = text.trim_end().replace(char::is_control, "\u{fffd}");
            writeln!(io::stderr(), "-- {text}")?;
        }
        Ok(())
    }

    /// Shows what was to be shown so far.
    ///
    /// # Errors
    /// As `write(2)`.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
