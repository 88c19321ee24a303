//! The terminal client: what is said in the room above, what one types below.
//!
//! ```text
//!  two processes                                 --one-process
//!
//!  keyboard ──> child ──pipe──┐                  keyboard ──┐
//!                           epoll ──> screen              epoll ──> screen
//!    server <──socket────> parent                  server <─┘
//! ```
//!
//! The second process is how it is often described: one to write, one to read. One epoll waits for
//! both as well; only `keyboard.rs` knows which of the two it is. What the second process does
//! buy: if the first one is killed, the other is left to put the terminal back. If the only one is
//! killed, none is; `bash` does it for its own foreground programs, others leave it to `stty sane`.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `client.rs` | the loop |
//! | `keyboard.rs`, with a room of its own | where keys come from: this process, or a child |
//! | `editor.rs`, with a room of its own, and `plain.rs` | what becomes of them on a terminal, and without one |
//! | `connection.rs`, `retry.rs` | the server, and waiting for it |
//! | `modes.rs`, `signals.rs` | the terminal, left as it was |

mod client;
mod connection;
mod editor;
mod front;
mod keyboard;
mod modes;
mod plain;
mod retry;
mod settings;
mod signals;
mod wait;

use std::io::{self, IsTerminal};

use client::{Client, End};
use editor::Editor;
pub use editor::{keys, line};
use front::Front;
use keyboard::Keyboard;
use modes::Modes;
use plain::Plain;
pub use settings::{Processes, Settings};
use signals::Signals;

/// Talks with the server until the user, the input, a signal or the server ends it.
///
/// # Errors
/// If there is no server; without a terminal, also if it goes before the input has ended. If the
/// process that reads the keyboard was killed, and if the terminal or the kernel refuse.
pub fn run(settings: Settings) -> anyhow::Result<()> {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    // Before the fork: they are the parent's to handle. Where no terminal has to be put back they do
    // what they always do, even while a write waits for a reader that doesn't read.
    let signals = is_terminal.then(Signals::block).transpose()?;
    let modes = is_terminal.then(Modes::set).transpose()?;
    // Before there is a socket: the child would hold it open, and the server would never hear of an end.
    let keyboard = match settings.processes {
        Processes::One => Keyboard::here(),
        Processes::Two => Keyboard::child(modes.as_ref())?,
    };
    let front = match modes {
        Some(modes) => Front::Editor(Box::new(Editor::new(modes))),
        None => Front::Plain(Plain::default()),
    };
    match Client::new(front, keyboard, settings, signals)?.run()? {
        End::Quit => {}
        End::Signal(signal) => signals::die_of(signal), // the terminal is as it was
    }
    Ok(())
}
