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
//! buy: if the first one is killed, somebody is left to put the terminal back. If the only one is
//! killed, nobody is; `bash` does it for its own foreground programs, others leave it to `stty sane`.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `client.rs` | what happens when: the handler on the reactor of chapter 05 |
//! | `keyboard.rs`, with a room of its own | where keys come from: this process, or a child |
//! | `front.rs`: `editor.rs`, with a room of its own, or `plain.rs` | what becomes of them on a terminal, and without one |
//! | `connection.rs`, `talk.rs`, `retry.rs` | the server, how far one has come with it, and waiting for it |
//! | `modes.rs`, `signals.rs` | the terminal, left as it was |
//! | `settings.rs` | what the command line says |

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
mod talk;

use std::env;
use std::io::{self, IsTerminal};
use std::time::Duration;

use reactor::{Limits, Reactor};

use client::{Client, End};
use editor::Editor;
pub use editor::{keys, line};
use front::Front;
use keyboard::{Child, Keyboard};
use modes::Modes;
use plain::Plain;
pub use settings::{Address, Processes, Settings};
use signals::Signals;

/// What may wait to be sent before nothing more is taken from a file or a pipe, what a line of the
/// server's may have, and how long the last words may take when the program ends.
fn limits() -> Limits {
    Limits {
        high_water: 64 * 1024,
        low_water: 16 * 1024,
        input: 2 * connection::LINE_LIMIT,
        linger: Duration::from_millis(250),
        stop: Duration::from_secs(1),
        ..Limits::default()
    }
}

/// Talks with the server until the user, the input, a signal or the server ends it.
///
/// # Errors
/// If there is no server; without a terminal, also if it goes before the input has ended, or has
/// refused something. If the process that reads the keyboard was killed, and if the terminal or the
/// kernel refuse.
pub fn run(settings: Settings) -> anyhow::Result<()> {
    // A dumb terminal, as of an editor or a build, would show escape codes: it gets lines.
    let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal() && !is_dumb;
    // Before the fork: they are the parent's to handle. Where no terminal has to be put back they do
    // what they always do, even while a write waits for somebody who doesn't read.
    let signals = is_terminal.then(Signals::block).transpose()?;
    let modes = is_terminal.then(Modes::set).transpose()?;
    // Before there is a socket: the child would hold it open, and the server would never hear of an
    // end. And before there is a thread.
    let child = match settings.processes {
        Processes::One => None,
        Processes::Two => Some(Child::start(modes.as_ref())?),
    };
    let mut reactor = Reactor::new(limits())?;
    let keyboard = Keyboard::new(child, reactor.waker())?;
    let front = match modes {
        Some(modes) => Front::Editor(Box::new(Editor::new(modes))),
        None => Front::Plain(Plain::default()),
    };
    let mut client = Client::begin(&mut reactor, front, keyboard, settings, signals)?;
    reactor.run(&mut client)?;
    match client.outcome()? {
        End::Quit => {}
        End::Signal(signal) => signals::die_of(signal), // the terminal is as it was
    }
    Ok(())
}
