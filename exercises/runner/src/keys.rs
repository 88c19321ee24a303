//! Single keys from the terminal.

use std::io::{self, IsTerminal, Read};
use std::thread;

use nix::sys::termios::{self, LocalFlags, SetArg, SpecialCharacterIndices, Termios};

/// A terminal that hands over each key as it is pressed. Dropping it, be it by a panic, restores
/// it.
pub struct Keys {
    before: Termios,
}

impl Keys {
    /// Calls `pressed` for each key until that returns false; None if stdin is no terminal.
    ///
    /// Ctrl-C stays a signal, and output is as ever.
    pub fn read(pressed: impl Fn(u8) -> bool + Send + 'static) -> Option<Self> {
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
            let mut key = [0];
            while io::stdin().read(&mut key).is_ok_and(|count| count == 1) && pressed(key[0]) {}
        });
        Some(Self { before })
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = termios::tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before);
    }
}
