//! How the terminal treats keys: as it was before, and as the line editor wants it (`termios(3)`).

use std::io::{self, Write};

use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::termios::{
    InputFlags, LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr,
};

/// What is pasted arrives between two marks, so that its line ends don't send anything.
const PASTES_MARKED: &[u8] = b"\x1b[?2004h";

/// The line being typed vanishes, and pastes have no marks any more.
const CLEARED: &[u8] = b"\r\x1b[J\x1b[?2004l";

/// The terminal's modes; dropped, they are put back.
pub struct Modes {
    before: Termios,
    ours: Termios,
}

impl Modes {
    /// Sets the terminal at standard input: every key arrives at once, and none is echoed.
    ///
    /// # Errors
    /// As `tcgetattr(3)`: it is no terminal, or has gone.
    pub fn set() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut ours = before.clone();
        // ISIG, too: Ctrl-C and Ctrl-Z are keys. As signals they would reach all programs of the
        // terminal's foreground group at once, and the shell might be back before we have tidied up.
        ours.local_flags -=
            LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ISIG | LocalFlags::IEXTEN;
        ours.input_flags -= InputFlags::IXON | InputFlags::ICRNL | InputFlags::INLCR;
        ours.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        ours.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        let mut modes = Self { before, ours };
        modes.set_again()?;
        modes.ours = tcgetattr(io::stdin())?; // as the terminal has understood it
        Ok(modes)
    }

    /// Sets the terminal again, after the program was stopped.
    ///
    /// In the background that stops the program once more (SIGTTOU), until it is called forward.
    ///
    /// # Errors
    /// As `tcsetattr(3)`: the terminal has gone.
    pub fn set_again(&self) -> io::Result<()> {
        tcsetattr(io::stdin(), SetArg::TCSANOW, &self.ours)?;
        io::stdout().write_all(PASTES_MARKED)?;
        io::stdout().flush()
    }

    /// Puts the terminal back as it was, unless another process has changed it since: a shell whose
    /// foreground program was killed sets it at once for its own needs.
    pub fn restore(&self) {
        // We may be in the background by now, where tcsetattr would stop us.
        let mut mask = SigSet::empty();
        mask.add(Signal::SIGTTOU);
        let Ok(previous) = mask.thread_swap_mask(SigmaskHow::SIG_BLOCK) else {
            return;
        };
        if tcgetattr(io::stdin()).is_ok_and(|now| now == self.ours) {
            let _ = io::stdout().write_all(CLEARED);
            let _ = io::stdout().flush();
            let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, &self.before);
        }
        let _ = previous.thread_set_mask();
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        self.restore();
    }
}
