//! Bytes from a terminal become keys.

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

/// No escape sequence of a key is longer; what is, is garbage.
const LONGEST_SEQUENCE: usize = 32;

/// Takes bytes in any pieces: a read may end within a letter or within an escape sequence.
#[derive(Debug, Default)]
pub struct Keys {
    unfinished: Vec<u8>,
    mode: Mode,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Typing,
    /// Between the two marks of a bracketed paste.
    Pasting,
}

/// What the next bytes are.
enum Token {
    Key(Key),
    PasteBegins,
    PasteEnds,
    /// Nothing that means something here.
    Unknown,
}

impl Keys {
    /// The keys that `bytes` complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.unfinished.extend_from_slice(bytes);
        let mut keys = Vec::new();
        let mut taken = 0;
        while let Some((token, length)) = self.first(&self.unfinished[taken..]) {
            taken += length;
            match token {
                Token::Key(key) => keys.push(key),
                Token::PasteBegins => self.mode = Mode::Pasting,
                Token::PasteEnds => self.mode = Mode::Typing,
                Token::Unknown => {}
            }
        }
        self.unfinished.drain(..taken);
        keys
    }

    /// The first token of `bytes` and its length, or `None`: more bytes, please.
    fn first(&self, bytes: &[u8]) -> Option<(Token, usize)> {
        match (bytes.first()?, self.mode) {
            (0x1b, _) => escape(bytes),
            (byte @ (0..0x20 | 0x7f), Mode::Typing) => Some((control(*byte), 1)),
            (b'\r' | b'\n', Mode::Pasting) => Some((Token::Key(Key::Char('\n')), 1)),
            (b'\t', Mode::Pasting) => Some((Token::Key(Key::Char(' ')), 1)),
            (0..0x20 | 0x7f, Mode::Pasting) => Some((Token::Unknown, 1)),
            _ => character(bytes),
        }
    }
}

/// What Ctrl with a letter means: the habits of every shell.
fn control(byte: u8) -> Token {
    Token::Key(match byte {
        b'\r' | b'\n' => Key::Enter,
        0x08 | 0x7f => Key::Backspace,
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
        _ => return Token::Unknown,
    })
}

/// `ESC [ parameters letter` or `ESC O letter` (ECMA-48 §5.4, and the terminals' own habits).
fn escape(bytes: &[u8]) -> Option<(Token, usize)> {
    match bytes.get(1)? {
        b'O' => Some((sequence(b"", *bytes.get(2)?), 3)),
        b'[' => {
            let body = &bytes[2..];
            let Some(length) = body.iter().position(|byte| !(0x20..0x40).contains(byte)) else {
                let garbage = bytes.len() > LONGEST_SEQUENCE;
                return garbage.then_some((Token::Unknown, bytes.len()));
            };
            Some((sequence(&body[..length], body[length]), 2 + length + 1))
        }
        _ => Some((Token::Unknown, 1)), // the key Esc alone
    }
}

fn sequence(parameters: &[u8], letter: u8) -> Token {
    Token::Key(match (letter, parameters) {
        (b'~', b"200") => return Token::PasteBegins,
        (b'~', b"201") => return Token::PasteEnds,
        (b'~', b"3") => Key::Delete,
        (b'~', b"1" | b"7") | (b'H', _) => Key::Home,
        (b'~', b"4" | b"8") | (b'F', _) => Key::End,
        (b'C', _) => Key::Right,
        (b'D', _) => Key::Left,
        _ => return Token::Unknown,
    })
}

fn character(bytes: &[u8]) -> Option<(Token, usize)> {
    let bytes = &bytes[..bytes.len().min(4)];
    let (valid, unfinished) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let (valid, _) = bytes.split_at(error.valid_up_to());
            (
                std::str::from_utf8(valid).unwrap_or_default(),
                Some(error.error_len()),
            )
        }
    };
    match (valid.chars().next(), unfinished) {
        (Some(letter), _) if letter.is_control() => Some((Token::Unknown, letter.len_utf8())),
        (Some(letter), _) => Some((Token::Key(Key::Char(letter)), letter.len_utf8())),
        (None, Some(Some(invalid))) => Some((Token::Key(Key::Char('\u{fffd}')), invalid)),
        (None, _) => None,
    }
}
