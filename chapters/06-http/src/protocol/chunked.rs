//! Chunked bodies: sizes and pieces, until an empty one, and then perhaps a few more fields.
//!
//! ```text
//!   5;ext=1 CRLF hello CRLF   6 CRLF world! CRLF   0 CRLF   Digest: abc CRLF   CRLF
//!   └── a line ─┘└data┘                          └ last ┘ └──── trailers ────────┘
//!
//!           ┌──────────┐   a size    ┌──────────┐
//!   start ─►│   Size   ├────────────►│   Data   │
//!           └──┬─────▲─┘             └─────┬────┘
//!         size 0     └─────────────────────┘ all of it, and CRLF
//!              ▼
//!        ┌──────────┐  the empty line
//!        │ Trailers ├────────────────► end
//!        └──────────┘
//! ```

use super::head::split_field;
use super::line::LineReader;
use super::piece::{Piece, take};
use super::token::{Set, token_len, trim_start};
use crate::{Error, Limits};

/// Digits of a chunk's size: 16 make 64 bits. More have to be zeros (RFC 9112 §7.1 allows them), which count like an extension.
const SIZE_DIGITS: usize = 16;

/// The bytes of a quoted string that stand for themselves (RFC 9110 §5.6.4). Control characters
/// have been refused with their line.
static QUOTED: Set = Set::all_but(b"\"\\");

/// Trailer fields that would change how the body was read, or for whom it was (RFC 9110 §6.5.1).
const NO_TRAILERS: [&[u8]; 3] = [b"content-length", b"host", b"transfer-encoding"];

/// A chunked body on its way (RFC 9112 §7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunked {
    state: State,
    /// Bytes of data that are still allowed.
    room: u64,
    /// Bytes of extensions that are still allowed. Without that limit, a client could send a
    /// kilobyte of them with each byte of data.
    extensions: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A line with a chunk's size comes next.
    Size(LineReader),
    /// The chunk's data comes next, after `from` bytes that have been read and not yet consumed;
    /// `left` bytes of it, then CR LF.
    Data { from: usize, left: u64 },
    /// The last chunk has come: fields, then an empty line.
    Trailers(LineReader),
}

impl Chunked {
    pub fn new(limits: &Limits) -> Self {
        Self {
            state: State::Size(LineReader::default()),
            room: limits.body,
            extensions: limits.chunk_extensions,
        }
    }

    /// See [`Body::next`](crate::Body::next).
    pub fn next<'a>(
        &mut self,
        input: &'a [u8],
        limits: &Limits,
    ) -> Result<Option<(Piece<'a>, usize)>, Error> {
        loop {
            match &mut self.state {
                State::Size(lines) => {
                    let limit = limits.chunk_line;
                    let Some(line) = lines.next(input, limit, Error::ChunkTooLong)? else {
                        return Ok(None);
                    };
                    let from = lines.position();
                    self.state = match self.size(line)? {
                        0 => State::Trailers(LineReader::at(from)),
                        left => State::Data { from, left },
                    };
                }
                State::Data { from, left: 0 } => match input.get(*from..) {
                    Some([b'\r', b'\n', ..]) => self.state = State::Size(LineReader::at(*from + 2)),
                    None | Some([] | [b'\r']) => return Ok(None),
                    Some(_) => return Err(Error::ChunkEnd),
                },
                State::Data { from, left } => {
                    let data = input.get(*from..).unwrap_or_default();
                    if data.is_empty() {
                        return Ok(None);
                    }
                    let (data, rest) = take(data, *left);
                    *left = rest;
                    let used = *from + data.len();
                    *from = 0;
                    return Ok(Some((Piece::Data(data), used)));
                }
                State::Trailers(lines) => {
                    let limit = limits.trailers.saturating_sub(lines.position());
                    let Some(line) = lines.next(input, limit, Error::TrailersTooLong)? else {
                        return Ok(None);
                    };
                    if line.is_empty() {
                        return Ok(Some((Piece::End, lines.position())));
                    }
                    check_trailer(line)?;
                }
            }
        }
    }

    /// The size that a chunk's first line says, counted against the limits.
    fn size(&mut self, line: &[u8]) -> Result<u64, Error> {
        let (digits, extensions) = line.split_at(size_len(line));
        let size = parse_size(digits)?;
        let more = digits.len().saturating_sub(SIZE_DIGITS) + extensions.len();
        if more > 0 {
            let left = self.extensions.checked_sub(more);
            self.extensions = left.ok_or(Error::ChunkTooLong)?;
            check_extensions(extensions)?;
        }
        self.room = self.room.checked_sub(size).ok_or(Error::BodyTooLarge)?;
        Ok(size)
    }
}

/// How many bytes at the front of a chunk's first line are its size.
fn size_len(line: &[u8]) -> usize {
    let end = line.iter().position(|byte| b"; \t".contains(byte));
    end.unwrap_or(line.len())
}

/// A hexadecimal number that isn't beyond 64 bits.
fn parse_size(digits: &[u8]) -> Result<u64, Error> {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    if digits.is_empty() || digits.len() - zeros > SIZE_DIGITS {
        return Err(Error::ChunkSize);
    }
    digits.iter().try_fold(0, |size, &byte| {
        let digit = char::from(byte).to_digit(16).ok_or(Error::ChunkSize)?;
        Ok(size << 4 | u64::from(digit))
    })
}

/// Nothing here knows any extension, but what is there has to be one (RFC 9112 §7.1.1):
///
/// ```text
///   chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS value ] )
/// ```
#[cold]
fn check_extensions(mut text: &[u8]) -> Result<(), Error> {
    while !text.is_empty() {
        text = behind_byte(text, b';')
            .and_then(behind_token)
            .ok_or(Error::ChunkExtension)?;
        if let Some(value) = behind_byte(text, b'=') {
            let behind = behind_quoted(value).or_else(|| behind_token(value));
            text = behind.ok_or(Error::ChunkExtension)?;
        }
    }
    Ok(())
}

/// What follows `byte` and the white space around it.
fn behind_byte(text: &[u8], byte: u8) -> Option<&[u8]> {
    trim_start(text).strip_prefix(&[byte]).map(trim_start)
}

fn behind_token(text: &[u8]) -> Option<&[u8]> {
    let length = token_len(text);
    (length > 0).then_some(&text[length..])
}

/// What follows a quoted string (RFC 9110 §5.6.4).
fn behind_quoted(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text.strip_prefix(b"\"")?;
    loop {
        rest = match rest {
            [b'"', behind @ ..] => return Some(behind),
            [b'\\', _, behind @ ..] => behind,
            [byte, behind @ ..] if QUOTED.has(*byte) => behind,
            _ => return None,
        };
    }
}

fn check_trailer(line: &[u8]) -> Result<(), Error> {
    let (name, _) = split_field(line)?;
    if NO_TRAILERS
        .iter()
        .any(|refused| refused.eq_ignore_ascii_case(name))
    {
        return Err(Error::Trailer);
    }
    Ok(())
}
