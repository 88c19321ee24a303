//! The side of the user: a terminal with its line, or a file or a pipe.

use std::io;

use super::editor::Editor;
use super::editor::show;
use super::plain::Plain;

/// Where lines come from and messages go.
pub enum Front {
    /// Keys of a terminal, and its screen.
    Editor(Box<Editor>),
    /// Standard input and output, line by line.
    Plain(Plain),
}

impl Front {
    /// Shows `messages`.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn say(&mut self, messages: &[String]) -> io::Result<()> {
        match self {
            Self::Editor(editor) => editor.say(messages),
            Self::Plain(_) if messages.is_empty() => Ok(()),
            Self::Plain(_) => show(&(messages.join("\n") + "\n")),
        }
    }

    /// Follows the window to another size.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn resize(&mut self) -> io::Result<()> {
        match self {
            Self::Editor(editor) => editor.resize(),
            Self::Plain(_) => Ok(()),
        }
    }

    /// Leaves the terminal to the shell.
    pub fn leave(&self) {
        if let Self::Editor(editor) = self {
            editor.leave();
        }
    }

    /// Takes the terminal again.
    ///
    /// # Errors
    /// If the terminal has gone.
    pub fn come_back(&mut self) -> io::Result<()> {
        match self {
            Self::Editor(editor) => editor.come_back(),
            Self::Plain(_) => Ok(()),
        }
    }
}
