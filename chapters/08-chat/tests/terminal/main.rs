//! The terminal client as a person meets it: in a terminal, with a server that follows a script.

mod editing;
mod ending;
mod keys;
mod killing;
mod plain;
mod reconnecting;
mod room;
mod shell;
mod spinning;
mod talking;

mod peer;
mod process;
mod tty;

/// The program under test.
const CHAT: &str = env!("CARGO_BIN_EXE_chat");

/// Options of the two modes: both have to pass the same tests.
const MODES: [&[&str]; 2] = [&[], &["--one-process"]];

/// Runs a test in each mode; a failure says in which.
fn in_both_modes(test: impl Fn(&[&str])) {
    for mode in MODES {
        eprintln!("options: {mode:?}");
        test(mode);
    }
}
