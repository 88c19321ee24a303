//! Text that a terminal shows and does not obey.

/// `text` with stand-ins for what would do something: ␛ for an escape, for instance.
///
/// The server has cleaned it; but who says that it is our server?
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().map(stand_in).collect()
}

fn stand_in(letter: char) -> char {
    match letter {
        '\t' => ' ',
        // Unicode has pictures of the 32 controls of ASCII, in their order, and of DEL.
        '\0'..' ' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // One byte in Latin-1, as good as ESC and a letter; and what turns the direction of text.
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => letter,
    }
}
