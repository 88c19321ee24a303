//! Bytes from a terminal become keys.
//!
//! How escape sequences are built is `vte`'s business; which of them are keys is ours. Two kinds go on
//! behind what ECMA-48 takes for their end: `ESC O letter`, and the Linux console's `ESC [ [ letter`.

use std::mem;

use vte::{Params, Parser, Perform};

/// A key, or what stands for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Text; a line feed only out of what was pasted.
    Char(char),
    /// Send the line.
    Enter,
    /// Take the character before the cursor away.
    Backspace,
    /// Take the character after the cursor away.
    Delete,
    /// One character to the start.
    Left,
    /// One character to the end.
    Right,
    /// To the start of the line: also Ctrl-A.
    Home,
    /// To the end of the line: also Ctrl-E.
    End,
    /// Ctrl-U: take what is before the cursor away.
    EraseToStart,
    /// Ctrl-W: take the word before the cursor away.
    EraseWord,
    /// Ctrl-L: clear the screen and draw the line again.
    Redraw,
    /// Ctrl-C.
    Quit,
    /// Ctrl-D: quit if the line is empty, else as [`Key::Delete`].
    EndOfInput,
    /// Ctrl-Z.
    Suspend,
}

const ESC: u8 = 0x1b;

/// The end of a bracketed paste.
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// Takes bytes in any pieces: a read may end within a letter or within an escape sequence.
#[derive(Default)]
pub struct Keys {
    parser: Parser,
    keys: Found,
}

/// What has been found.
#[derive(Default)]
struct Found {
    keys: Vec<Key>,
    mode: Mode,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Typing,
    /// Within an escape sequence.
    Escape,
    /// Behind `ESC O`: a letter belongs to it.
    Application,
    /// Behind `ESC [ [`: a letter belongs to it.
    Console,
    /// Between the two marks of a bracketed paste; so many bytes of the second one are there.
    Pasting(usize),
}

impl Keys {
    /// The keys that `bytes` complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        for &byte in bytes {
            match self.keys.mode {
                Mode::Pasting(matched) => self.paste(matched, byte),
                _ => self.press(byte),
            }
        }
        mem::take(&mut self.keys.keys)
    }

    fn press(&mut self, byte: u8) {
        if byte == ESC {
            self.keys.mode = Mode::Escape;
        }
        self.parser.advance(&mut self.keys, &[byte]);
    }

    /// What is pasted is text, whatever is in it, up to the mark.
    fn paste(&mut self, matched: usize, byte: u8) {
        if PASTE_ENDS.get(matched) == Some(&byte) {
            let all = matched + 1 == PASTE_ENDS.len();
            self.keys.mode = if all {
                Mode::Typing
            } else {
                Mode::Pasting(matched + 1)
            };
            return;
        }
        // It wasn't the mark. The ESC is dropped, as it can't be shown.
        let held = PASTE_ENDS[..matched].get(1..).unwrap_or_default();
        self.parser.advance(&mut self.keys, held);
        if byte == ESC {
            self.keys.mode = Mode::Pasting(1);
        } else {
            self.keys.mode = Mode::Pasting(0);
            self.parser.advance(&mut self.keys, &[byte]);
        }
    }

    /// Whether an escape sequence has begun and not ended. It arrives in one piece; so if nothing
    /// follows for a while, it was the key Esc, or some sequence that isn't known here.
    #[must_use]
    pub fn waits(&self) -> bool {
        !matches!(self.keys.mode, Mode::Typing | Mode::Pasting(_))
    }

    /// Whether what comes is being pasted.
    #[must_use]
    pub fn is_pasting(&self) -> bool {
        matches!(self.keys.mode, Mode::Pasting(_))
    }

    /// Nothing has followed: what comes next is typed.
    pub fn give_up(&mut self) {
        if self.waits() {
            self.parser = Parser::new();
            self.keys.mode = Mode::Typing;
        }
    }
}

impl Perform for Found {
    fn print(&mut self, letter: char) {
        match self.mode {
            Mode::Application => self.key(&[], letter),
            Mode::Console => self.mode = Mode::Typing, // a function key
            Mode::Typing if letter == '\x7f' => self.keys.push(Key::Backspace),
            _ if letter.is_control() => {}
            _ => self.keys.push(Key::Char(letter)),
        }
    }

    fn execute(&mut self, byte: u8) {
        let key = match (self.mode, byte) {
            (Mode::Pasting(_), b'\r' | b'\n') => Some(Key::Char('\n')),
            (Mode::Pasting(_), b'\t') => Some(Key::Char(' ')),
            (Mode::Pasting(_), _) => None,
            _ => control(byte),
        };
        self.keys.extend(key);
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _: bool, end: char) {
        let params: Vec<u16> = params.iter().map(|group| group[0]).collect();
        match (end, &params[..]) {
            _ if !intermediates.is_empty() => self.mode = Mode::Typing,
            ('[', _) => self.mode = Mode::Console,
            ('~', [200]) => self.mode = Mode::Pasting(0),
            _ => self.key(&params, end),
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _: bool, byte: u8) {
        self.mode = Mode::Typing;
        match byte {
            _ if !intermediates.is_empty() => {}
            b'O' => self.mode = Mode::Application,
            b'\\' => {} // the end of a string
            // Esc, and a letter right behind it; or Alt with a letter.
            _ => self.keys.push(Key::Char(byte.into())),
        }
    }

    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.mode = Mode::Typing;
    }

    fn unhook(&mut self) {
        self.mode = Mode::Typing;
    }
}

impl Found {
    /// A sequence has ended with this letter: a key, if it is a known one.
    fn key(&mut self, params: &[u16], letter: char) {
        self.mode = Mode::Typing;
        self.keys.extend(match (letter, params) {
            ('~', [3]) => Some(Key::Delete),
            ('~', [1 | 7]) | ('H', _) => Some(Key::Home),
            ('~', [4 | 8]) | ('F', _) => Some(Key::End),
            ('C', _) => Some(Key::Right),
            ('D', _) => Some(Key::Left),
            _ => None,
        });
    }
}

/// What Ctrl with a letter means: the habits of every shell.
fn control(byte: u8) -> Option<Key> {
    Some(match byte {
        b'\r' | b'\n' => Key::Enter,
        0x08 => Key::Backspace,
        0x01 => Key::Home,
        0x02 => Key::Left,
        0x03 => Key::Quit,
        0x04 => Key::EndOfInput,
        0x05 => Key::End,
        0x06 => Key::Right,
        0x0c => Key::Redraw,
        0x15 => Key::EraseToStart,
        0x17 => Key::EraseWord,
        0x1a => Key::Suspend,
        _ => return None,
    })
}
