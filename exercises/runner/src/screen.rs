//! What a terminal can do besides printing: clear its screen, and show another one for a while.
//!
//! This is not about colours, so `NO_COLOR` changes nothing here. Where the output is no terminal, or
//! one that knows no escape sequences (`TERM` is `dumb`, or isn't set), nothing is sent, and the text
//! goes on below what is there.

use std::env;
use std::io::{self, IsTerminal, Write};

/// Clears the screen and goes to its first line.
const CLEAR: &str = "\x1b[2J\x1b[H";
const OTHER_SCREEN: &str = "\x1b[?1049h";
const FIRST_SCREEN: &str = "\x1b[?1049l";

/// Another screen than the one with the shell's lines; dropping it brings back what was there before.
pub struct OtherScreen(());

impl OtherScreen {
    /// Shows it.
    pub fn enter() -> Self {
        send(OTHER_SCREEN);
        Self(())
    }
}

impl Drop for OtherScreen {
    fn drop(&mut self) {
        send(FIRST_SCREEN);
    }
}

/// Clears the screen; the next text begins at its top.
pub fn clear() {
    send(CLEAR);
}

/// Whether the output understands the sequences above.
pub fn is_controlled() -> bool {
    let knows_sequences = env::var_os("TERM").is_some_and(|name| name != "dumb");
    knows_sequences && io::stdout().is_terminal()
}

fn send(sequence: &str) {
    if is_controlled() {
        let mut out = io::stdout();
        // As for any output: a terminal that is gone ends `watch` by a signal.
        let _ = out
            .write_all(sequence.as_bytes())
            .and_then(|()| out.flush());
    }
}
