//! Percent-encoding (RFC 3986 §2.1) and the encoding of forms.

use memchr::memchr;

use crate::Error;

/// Appends `path` to `decoded`, without its percent-encodings.
///
/// # Errors
/// [`Error::Encoding`] if a percent sign isn't followed by two hexadecimal digits, or if they
/// stand for NUL or a slash. No file's name has either. And `/a%2fb` names something else than
/// `/a/b` (RFC 3986 §2.2): decoded, the two would be one.
pub fn decode(path: &[u8], decoded: &mut Vec<u8>) -> Result<(), Error> {
    decode_with(path, decoded, |byte| matches!(byte, 0 | b'/'))
}

/// Appends a name or a value of a form to `decoded`: a plus is a space, and any byte may be
/// percent-encoded (`application/x-www-form-urlencoded`, WHATWG URL §5.1).
///
/// # Errors
/// [`Error::Encoding`] if a percent sign isn't followed by two hexadecimal digits.
pub fn decode_form(text: &[u8], decoded: &mut Vec<u8>) -> Result<(), Error> {
    for (nth, part) in text.split(|&byte| byte == b'+').enumerate() {
        if nth > 0 {
            decoded.push(b' ');
        }
        decode_with(part, decoded, |_| false)?;
    }
    Ok(())
}

fn decode_with(
    mut text: &[u8],
    decoded: &mut Vec<u8>,
    refused: impl Fn(u8) -> bool,
) -> Result<(), Error> {
    while let Some(percent) = memchr(b'%', text) {
        decoded.extend_from_slice(&text[..percent]);
        let [high, low, rest @ ..] = &text[percent + 1..] else {
            return Err(Error::Encoding);
        };
        let byte = hex(*high)? << 4 | hex(*low)?;
        if refused(byte) {
            return Err(Error::Encoding);
        }
        decoded.push(byte);
        text = rest;
    }
    decoded.extend_from_slice(text);
    Ok(())
}

fn hex(digit: u8) -> Result<u8, Error> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(Error::Encoding),
    }
}

/// The names and values of a form or a query, still encoded: see [`decode_form`]. A name without
/// an equals sign has an empty value.
#[must_use]
pub fn form_pairs(text: &[u8]) -> FormPairs<'_> {
    FormPairs { rest: text }
}

/// What [`form_pairs`] goes through.
#[derive(Debug, Clone)]
pub struct FormPairs<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for FormPairs<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (pair, rest) = split_at_byte(self.rest, b'&');
            self.rest = rest;
            if !pair.is_empty() {
                return Some(split_at_byte(pair, b'='));
            }
        }
        None
    }
}

/// What comes before the first `byte`, and what after it.
fn split_at_byte(text: &[u8], byte: u8) -> (&[u8], &[u8]) {
    match memchr(byte, text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, decode_form, form_pairs};
    use crate::Error;

    fn decoded(path: &[u8]) -> Result<Vec<u8>, Error> {
        let mut decoded = Vec::new();
        decode(path, &mut decoded).map(|()| decoded)
    }

    #[test]
    fn two_digits_of_either_case_make_a_byte() {
        assert_eq!(decoded(b"/%41%c3%A4%20z%25"), Ok(b"/A\xc3\xa4 z%".to_vec()));
    }

    #[test]
    fn what_is_decoded_is_not_decoded_again() {
        assert_eq!(decoded(b"/%252e%252e"), Ok(b"/%2e%2e".to_vec()));
    }

    #[test]
    fn a_plus_is_a_plus_in_a_path() {
        assert_eq!(decoded(b"/c++"), Ok(b"/c++".to_vec()));
    }

    #[test]
    fn a_percent_sign_needs_two_hexadecimal_digits() {
        for path in [
            &b"/%"[..],
            b"/%4",
            b"/%4g",
            b"/%g4",
            b"/%%41",
            b"/%+1",
            b"/%u0041",
            b"/% 1",
        ] {
            assert_eq!(
                decoded(path),
                Err(Error::Encoding),
                "{}",
                path.escape_ascii()
            );
        }
    }

    #[test]
    fn neither_nul_nor_a_slash_can_be_part_of_a_name() {
        for path in [&b"/secret%00.html"[..], b"/..%2f..%2fetc", b"/..%2Fetc"] {
            assert_eq!(
                decoded(path),
                Err(Error::Encoding),
                "{}",
                path.escape_ascii()
            );
        }
    }

    #[test]
    fn a_plus_is_a_space_in_a_form_and_any_byte_may_be_encoded() {
        let mut text = Vec::new();
        decode_form(b"a+b%2B%2f%00+", &mut text).expect("it is valid");
        assert_eq!(text, b"a b+/\x00 ");
    }

    #[test]
    fn a_bad_encoding_in_a_form_is_refused_too() {
        assert_eq!(decode_form(b"a+%4", &mut Vec::new()), Err(Error::Encoding));
    }

    #[test]
    fn a_form_is_pairs() {
        let pairs: Vec<_> = form_pairs(b"a=1&&b=2=3&c&=d&").collect();
        let expected: [(&[u8], &[u8]); 4] =
            [(b"a", b"1"), (b"b", b"2=3"), (b"c", b""), (b"", b"d")];
        assert_eq!(pairs, expected);
    }

    proptest! {
        #[test]
        fn every_name_survives_its_encoding(mut name in proptest::collection::vec(1_u8.., 0..40)) {
            name.retain(|byte| *byte != b'/');
            let encode = |byte: &u8| format!("%{byte:02x}").into_bytes();
            let encoded: Vec<_> = name.iter().flat_map(encode).collect();
            prop_assert_eq!(decoded(&encoded), Ok(name));
        }
    }
}
