//! The media type of a file, by the ending of its name.

use mime_guess::MimeGuess;

/// What a browser stores and doesn't try to show.
const UNKNOWN: &str = "application/octet-stream";

/// The value of `Content-Type` for a file called `name` (RFC 9110 §8.3).
///
/// Text is taken to be UTF-8. To say so keeps browsers from guessing, and an attacker from making
/// them guess wrong.
pub(super) fn content_type(name: &[u8]) -> (&'static str, &'static str) {
    let media = str::from_utf8(ending(name))
        .ok()
        .and_then(|ending| MimeGuess::from_ext(ending).first_raw())
        .unwrap_or(UNKNOWN);
    let charset = if media.starts_with("text/") {
        "; charset=utf-8"
    } else {
        ""
    };
    (media, charset)
}

/// What follows the last dot of the last segment, or nothing.
fn ending(name: &[u8]) -> &[u8] {
    let last = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    match last.iter().rposition(|byte| *byte == b'.') {
        // A leading dot hides a file; what follows is its name.
        None | Some(0) => b"",
        Some(dot) => &last[dot + 1..],
    }
}

#[cfg(test)]
mod tests;
