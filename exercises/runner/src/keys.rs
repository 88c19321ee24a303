//! Single keys from the terminal.

use std::io::{self, IsTerminal, Read};
use std::thread;

use nix::sys::termios::{self, LocalFlags, SetArg, SpecialCharacterIndices, Termios};

/// A key that means something here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    Char(char),
    Up,
    Down,
    Enter,
    Escape,
}

/// A terminal that hands over each key as it is pressed. Dropping it, be it by a panic, restores
/// it.
pub struct Keys {
    before: Termios,
}

impl Keys {
    /// Calls `pressed` for each key until that returns false; None if stdin is no terminal.
    ///
    /// Ctrl-C stays a signal, and output is as ever.
    pub fn read(pressed: impl Fn(Key) -> bool + Send + 'static) -> Option<Self> {
        if !io::stdin().is_terminal() {
            return None;
        }
        let before = termios::tcgetattr(io::stdin()).ok()?;
        let mut single = before.clone();
        single
            .local_flags
            .remove(LocalFlags::ICANON | LocalFlags::ECHO);
        // Stopped by Ctrl-Z, watch would leave the shell with this terminal.
        single.control_chars[SpecialCharacterIndices::VSUSP as usize] = termios::_POSIX_VDISABLE;
        termios::tcsetattr(io::stdin(), SetArg::TCSANOW, &single).ok()?;
        thread::spawn(move || {
            let mut bytes = [0; 64];
            while let Ok(count @ 1..) = io::stdin().read(&mut bytes) {
                if !keys(&bytes[..count]).into_iter().all(&pressed) {
                    return;
                }
            }
        });
        Some(Self { before })
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = termios::tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before);
    }
}

/// The keys in what was read at once. An arrow is `ESC [ A`, which a terminal writes in one piece; so
/// an ESC with nothing after it is the key of that name.
fn keys(mut bytes: &[u8]) -> Vec<Key> {
    let mut found = Vec::new();
    while let [first, rest @ ..] = bytes {
        bytes = rest;
        match (first, rest) {
            (0x1b, [b'[' | b'O', code, rest @ ..]) => {
                bytes = rest;
                match code {
                    b'A' => found.push(Key::Up),
                    b'B' => found.push(Key::Down),
                    _ => return found, // of an unknown key, the length is unknown, too
                }
            }
            (0x1b, _) => found.push(Key::Escape),
            (b'\n' | b'\r', _) => found.push(Key::Enter),
            (byte, _) => found.push(Key::Char(char::from(*byte))),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Key, keys};

    #[test]
    fn arrows_and_letters_are_told_apart() {
        assert_eq!(
            keys(b"j\x1b[A\x1bOBq\n"),
            [
                Key::Char('j'),
                Key::Up,
                Key::Down,
                Key::Char('q'),
                Key::Enter
            ]
        );
    }

    #[test]
    fn an_escape_alone_is_a_key() {
        assert_eq!(keys(b"\x1b"), [Key::Escape]);
        assert_eq!(keys(b"\x1bj"), [Key::Escape, Key::Char('j')]);
    }

    #[test]
    fn a_key_that_is_not_known_is_none() {
        assert_eq!(keys(b"\x1b[15~"), []);
    }
}
