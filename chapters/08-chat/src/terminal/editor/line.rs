//! The line being typed.

use unicode_segmentation::UnicodeSegmentation;

/// How much it holds, in bytes: some hundred pasted lines.
pub const LIMIT: usize = 64 * 1024;

/// A text with a cursor in it.
///
/// It moves by what a reader takes for a character: a letter with its accents, a flag, a family of
/// emoji (grapheme clusters, Unicode Standard Annex 29). A line feed in it comes from pasted text.
#[derive(Debug, Default)]
pub struct Line {
    text: String,
    /// In bytes, between two characters.
    cursor: usize,
}

impl Line {
    /// What stands before the cursor, and what after it.
    #[must_use]
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// All of it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Puts one in at the cursor. False if there is no room.
    #[must_use]
    pub fn insert(&mut self, character: char) -> bool {
        let fits = self.text.len() + character.len_utf8() <= LIMIT;
        if fits {
            self.text.insert(self.cursor, character);
            self.cursor += character.len_utf8();
        }
        fits
    }

    /// Takes the character before the cursor away.
    pub fn backspace(&mut self) {
        let before = self.left_of_cursor();
        self.text.drain(before..self.cursor);
        self.cursor = before;
    }

    /// Takes the character after the cursor away.
    pub fn delete(&mut self) {
        let after = self.right_of_cursor();
        self.text.drain(self.cursor..after);
    }

    /// Moves the cursor by one character to the start.
    pub fn left(&mut self) {
        self.cursor = self.left_of_cursor();
    }

    /// Moves the cursor by one character to the end.
    pub fn right(&mut self) {
        self.cursor = self.right_of_cursor();
    }

    /// Moves the cursor to the start.
    pub fn home(&mut self) {
        self.cursor = 0;
    }

    /// Moves the cursor to the end.
    pub fn end(&mut self) {
        self.cursor = self.text.len();
    }

    /// Takes everything before the cursor away.
    pub fn erase_to_start(&mut self) {
        self.text.drain(..self.cursor);
        self.cursor = 0;
    }

    /// Takes the word before the cursor away, and the blanks that follow it.
    pub fn erase_word(&mut self) {
        let before = self.text[..self.cursor].trim_end();
        let start = before.trim_end_matches(|letter: char| !letter.is_whitespace());
        let start = start.len();
        self.text.drain(start..self.cursor);
        self.cursor = start;
    }

    fn left_of_cursor(&self) -> usize {
        let before = &self.text[..self.cursor];
        let last = before.grapheme_indices(true).next_back();
        last.map_or(0, |(start, _)| start)
    }

    fn right_of_cursor(&self) -> usize {
        let after = &self.text[self.cursor..];
        self.cursor + after.graphemes(true).next().map_or(0, str::len)
    }
}
