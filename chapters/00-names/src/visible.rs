//! What a reader doesn't see: a rule that keeps something private must not look at it either.

/// White space, and what is drawn as nothing: the blanks of Braille and of hieroglyphs, the
/// fillers of Hangul, and a note without a head.
#[must_use]
pub fn looks_like_space(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '\u{2800}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{3164}'
                | '\u{ffa0}'
                | '\u{1d159}'
                | '\u{13441}'
                | '\u{13442}'
        )
}

/// Control characters, those that only format, and the others that Unicode calls default
/// ignorable: a name with one would look like the same without.
#[must_use]
pub fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}'..='\u{891}' | '\u{8e2}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}'
            | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
