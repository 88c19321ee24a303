//! With a terminal: keys change a line, and the line stays below what is said.

pub mod keys;
pub mod line;
mod screen;

use std::io;

use self::keys::{Key, Keys};
use self::line::Line;
use self::screen::Screen;
pub(super) use self::screen::show;
use super::modes::Modes;

/// What a key asks for that the editor can't do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Send the line.
    Send,
    /// End the program.
    Quit,
    /// Stop the program until the shell's `fg`.
    Suspend,
}

/// The line being typed, on its screen.
pub struct Editor {
    modes: Modes,
    keys: Keys,
    line: Line,
    /// Characters that the line had no room for, until that is said.
    refused: usize,
    screen: Screen,
}

impl Editor {
    /// An empty line, on a terminal that has been set.
    #[must_use]
    pub fn new(modes: Modes) -> Self {
        Self {
            modes,
            keys: Keys::default(),
            line: Line::default(),
            refused: 0,
            screen: Screen::new(),
        }
    }

    /// The keys that `bytes` complete.
    pub fn keys(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.keys.feed(bytes)
    }

    /// Whether an escape sequence has begun and not ended: to be [given up](Self::give_up) if
    /// nothing follows for a while.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.keys.waits()
    }

    /// Nothing has followed: what comes next is typed.
    pub fn give_up(&mut self) {
        self.keys.give_up();
    }

    /// How many characters the line had no room for; told once, after the paste.
    pub fn take_refused(&mut self) -> Option<usize> {
        if self.refused == 0 || self.keys.is_pasting() {
            return None;
        }
        Some(std::mem::take(&mut self.refused))
    }

    /// Changes the line; [`draw`](Self::draw) shows it.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn press(&mut self, key: Key) -> io::Result<Option<Command>> {
        match key {
            Key::Char(letter) if self.line.insert(letter) => {}
            Key::Char(_) => self.refused += 1,
            Key::Backspace => self.line.backspace(),
            Key::Left => self.line.left(),
            Key::Right => self.line.right(),
            Key::Home => self.line.home(),
            Key::End => self.line.end(),
            Key::EraseToStart => self.line.erase_to_start(),
            Key::EraseWord => self.line.erase_word(),
            Key::Redraw => self.screen.clear(&self.line)?,
            Key::Enter => return Ok(Some(Command::Send)),
            Key::Quit => return Ok(Some(Command::Quit)),
            Key::Suspend => return Ok(Some(Command::Suspend)),
            Key::EndOfInput if self.line.is_empty() => return Ok(Some(Command::Quit)),
            Key::Delete | Key::EndOfInput => self.line.delete(),
        }
        Ok(None)
    }

    /// The line; what was pasted may be several. Blank ones say nothing.
    pub fn lines(&self) -> Vec<String> {
        let lines = self.line.text().lines().map(str::to_owned);
        lines.filter(|line| !line.trim().is_empty()).collect()
    }

    /// Begins a new line.
    pub fn erase(&mut self) {
        self.line = Line::default();
    }

    /// Shows the line as it is now.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn draw(&mut self) -> io::Result<()> {
        self.screen.draw(&self.line)
    }

    /// Shows `messages` above the line.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn say(&mut self, messages: &[String]) -> io::Result<()> {
        self.screen.say(messages, &self.line)
    }

    /// Follows the window to another size.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn resize(&mut self) -> io::Result<()> {
        self.screen.resize(&self.line)
    }

    /// Leaves the terminal to the shell.
    pub fn leave(&self) {
        self.modes.restore();
    }

    /// Takes the terminal again.
    ///
    /// # Errors
    /// If the terminal has gone.
    pub fn come_back(&mut self) -> io::Result<()> {
        self.modes.set_again()?;
        self.screen = Screen::new(); // the window may have changed, and what is in it has
        self.draw()
    }
}
