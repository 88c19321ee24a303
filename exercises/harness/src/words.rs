//! Bytes, numbers and durations as a reader wants to see them.

use std::time::Duration;

/// `bytes` escaped as in a Rust byte string: printable ASCII as it is, the rest as `\n` or `\xff`.
pub(crate) fn escape(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| escape_byte(byte)).collect()
}

pub(crate) fn escape_byte(byte: u8) -> String {
    match byte {
        b'\'' => "'".to_owned(),
        0 => "\\0".to_owned(),
        _ => byte.escape_ascii().to_string(),
    }
}

/// `bytes` in quotes with their number, cut so that about `columns` columns suffice.
pub(crate) fn excerpt(bytes: &[u8], columns: usize) -> String {
    let shown = fitting(bytes, columns);
    let cut = if shown < bytes.len() { "…" } else { "" };
    format!(
        "\"{}{cut}\" ({})",
        escape(&bytes[..shown]),
        count(bytes.len(), "byte")
    )
}

/// How many of the first `bytes` fit into `columns` once escaped.
pub(crate) fn fitting(bytes: &[u8], columns: usize) -> usize {
    let mut used = 0;
    bytes
        .iter()
        .take_while(|&&byte| {
            used += escape_byte(byte).len();
            used <= columns
        })
        .count()
}

/// `1 byte`, `65,536 bytes`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// `65536` as `65,536`.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `3 s`, `250 ms`.
pub(crate) fn duration(duration: Duration) -> String {
    if duration.subsec_millis() == 0 {
        format!("{} s", duration.as_secs())
    } else {
        format!("{} ms", duration.as_millis())
    }
}

/// The words of `text` in lines of at most `columns` columns.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && longer > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_escaped_as_in_a_byte_string() {
        assert_eq!(escape(b"it's\r\n\0\xff\"\\"), r#"it's\r\n\0\xff\"\\"#);
    }

    #[test]
    fn a_long_excerpt_is_cut_and_counted() {
        assert_eq!(excerpt(&vec![b'a'; 65_537], 3), "\"aaa…\" (65,537 bytes)");
        assert_eq!(excerpt(b"a\n", 4), "\"a\\n\" (2 bytes)");
        assert_eq!(
            excerpt(b"a\n", 2),
            "\"a…\" (2 bytes)",
            "an escape is not cut in two"
        );
    }

    #[test]
    fn numbers_have_separators_and_nouns_a_plural() {
        assert_eq!(count(0, "byte"), "0 bytes");
        assert_eq!(count(1, "byte"), "1 byte");
        assert_eq!(count(1_048_576, "byte"), "1,048,576 bytes");
    }

    #[test]
    fn prose_is_wrapped_between_words() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 3), ["unbreakable"]);
        assert!(wrap("", 3).is_empty());
    }
}
