//! # 07-5 Half a character
//!
//! A WebSocket text is UTF-8 (RFC 3629). A character takes one byte to four of it, and whoever cuts a text, be it
//! a fragment's end or TCP, doesn't ask where a character ends:
//!
//! ```text
//!   48 c3 │ bc e2 82 │ ac          "Hü€" in three pieces
//!      └────┘ └────────┘
//!        ü        €
//! ```
//!
//! Most of it is told by the first byte. `00`–`7f` is a character; `c2`–`df`, `e0`–`ef` and `f0`–`f4` begin one of
//! two, three and four bytes, and the others are from `80` to `bf`. Other first bytes don't occur. And behind four of
//! them, the second byte has less room, so that no character has two forms and none is there that Unicode hasn't:
//!
//! | first byte | second byte | the others would be |
//! | --- | --- | --- |
//! | `e0` | `a0`–`bf` | a form too long for the character |
//! | `ed` | `80`–`9f` | half of a pair of UTF-16 |
//! | `f0` | `90`–`bf` | a form too long for the character |
//! | `f4` | `80`–`8f` | beyond U+10FFFF |
//!
//! [`Utf8`] looks at a text as it comes, and works as long as nobody writes “ü”. Find out what is wrong, and mend
//! it:
//!
//! - [`Utf8::check`] gets the text piece by piece. Wherever it is cut, the outcome is the same. A piece may
//!   have no bytes, or one.
//! - [`Bad`] is told with the first byte that no further byte can make right, and not later: RFC 6455 §8.1 has the
//!   connection fail, and nobody need hear out gigabytes that begin with `ed a0`.
//! - [`Utf8::end`] is called behind the last piece. A text that ends within a character is [`Bad`].
//! - `Utf8` is `Copy`, so that it can't keep the text. What it must keep is less than a character.
//!
//! The servers of documents 002 and 003 let everything through: what comes, they echo as a text (bugs B72 and B91),
//! and the browser closes with 1007. Read: [`std::str::Utf8Error`].

/// What has come is no UTF-8, and won't be any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad;

/// A text that comes in pieces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utf8 {
    // yours, if you need something
}

impl Utf8 {
    /// Checks the next bytes of the text.
    ///
    /// # Errors
    ///
    /// If no text begins like this.
    pub fn check(&mut self, piece: &[u8]) -> Result<(), Bad> {
        match str::from_utf8(piece) {
            Ok(_) => Ok(()),
            Err(_) => Err(Bad),
        }
    }

    /// The text ends here.
    ///
    /// # Errors
    ///
    /// If that is within a character.
    pub fn end(self) -> Result<(), Bad> {
        Ok(())
    }
}
