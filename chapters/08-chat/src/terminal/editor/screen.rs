//! What the terminal shows: messages, and below them the line being typed.

use std::io::{self, Write};

use terminal_size::{Width, terminal_size_of};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::line::Line;
use crate::Text;

const PROMPT: &str = "> ";

/// Where the width is unknown.
const COLUMNS: usize = 80;

/// The lower end of a terminal: one row for the line, whatever its length.
#[derive(Debug)]
pub struct Screen {
    columns: usize,
    /// The column of the cursor, when the line was drawn last.
    cursor: usize,
}

impl Screen {
    /// A screen on which nothing is drawn yet, as wide as the terminal at standard output.
    #[must_use]
    pub fn new() -> Self {
        Self {
            columns: columns(),
            cursor: 0,
        }
    }

    /// Shows `messages` above `line`.
    ///
    /// # Errors
    /// If standard output can't be written.
    // ANCHOR: say
    pub fn say(&mut self, messages: &[String], line: &Line) -> io::Result<()> {
        let mut output = "\r\x1b[J".to_owned(); // to the first column; erase to the end of the screen
        for message in messages {
            output += message;
            output += "\r\n";
        }
        output += &self.drawn(line);
        show(&output) // in one write: the line isn't seen to vanish and come back
    }
    // ANCHOR_END: say

    /// Draws `line` again.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn draw(&mut self, line: &Line) -> io::Result<()> {
        self.say(&[], line)
    }

    /// Clears all, and draws `line` on top.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn clear(&mut self, line: &Line) -> io::Result<()> {
        show("\x1b[H\x1b[2J")?;
        self.draw(line)
    }

    /// Draws `line` for a terminal that may have another width by now.
    ///
    /// Where it is narrower, the terminal has broken our row into several, as it does with a
    /// paragraph: the line began some rows above the cursor.
    ///
    /// # Errors
    /// If standard output can't be written.
    pub fn resize(&mut self, line: &Line) -> io::Result<()> {
        self.columns = columns();
        let above = self.cursor / self.columns;
        if above > 0 {
            show(&format!("\x1b[{above}A"))?;
        }
        self.draw(line)
    }

    /// The line and its cursor. Where it is longer than the row, the part around the cursor.
    fn drawn(&mut self, line: &Line) -> String {
        let room = self.columns.saturating_sub(PROMPT.len() + 1); // one for a cursor at the end
        let (before, after) = line.halves();
        let (before, after) = (Text::new(before), Text::new(after));
        let before = last_columns(before.as_str(), room);
        let after = first_columns(after.as_str(), room - before.width().min(room));
        self.cursor = PROMPT.len() + before.width();
        // The terminal itself remembers where the cursor was (ESC 7, ESC 8). It may think otherwise
        // of a letter's width than we do: so it mustn't wrap meanwhile (?7l), and we don't count.
        format!("\x1b[?7l{PROMPT}{before}\x1b7{after}\x1b8\x1b[?7h")
    }
}

/// As much of the end of `text` as fits.
fn last_columns(text: &str, room: usize) -> &str {
    let mut left = room;
    let mut start = text.len();
    for (index, character) in text.grapheme_indices(true).rev() {
        let Some(rest) = left.checked_sub(character.width()) else {
            break;
        };
        (left, start) = (rest, index);
    }
    &text[start..]
}

/// As much of the start of `text` as fits.
fn first_columns(text: &str, room: usize) -> &str {
    let mut left = room;
    let mut end = 0;
    for (index, character) in text.grapheme_indices(true) {
        let Some(rest) = left.checked_sub(character.width()) else {
            break;
        };
        (left, end) = (rest, index + character.len());
    }
    &text[..end]
}

fn columns() -> usize {
    let size = terminal_size_of(io::stdout());
    size.map_or(COLUMNS, |(Width(columns), _)| columns.into())
}

/// Writes to standard output, at once.
///
/// # Errors
/// As `write(2)`.
pub fn show(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}
