use proptest::prelude::*;

use super::{LineReader, find_control};
use crate::Error;

/// All lines of `input`, read while it grows by `step` bytes at a time.
fn read(input: &[u8], step: usize, limit: usize) -> Result<Vec<Vec<u8>>, Error> {
    let mut reader = LineReader::default();
    let mut lines = Vec::new();
    let mut end = 0;
    loop {
        while let Some(line) = reader.next(&input[..end], limit, Error::FieldTooLong)? {
            lines.push(line.to_vec());
        }
        if end == input.len() {
            return Ok(lines);
        }
        end = input.len().min(end + step);
    }
}

#[test]
fn a_line_comes_without_its_end() {
    assert_eq!(
        read(b"GET / HTTP/1.1\r\n\r\n", 99, 99),
        Ok(vec![b"GET / HTTP/1.1".to_vec(), vec![]])
    );
}

#[test]
fn a_line_is_the_same_in_pieces_of_any_size() {
    let input = b"one\r\n\r\nthe third line\r\nno line";
    let lines = read(input, input.len(), 99);
    assert_eq!(lines.as_ref().map(Vec::len), Ok(3));
    for step in 1..input.len() {
        assert_eq!(read(input, step, 99), lines, "{step} bytes at a time");
    }
}

#[test]
fn no_byte_is_searched_twice() {
    let mut reader = LineReader::default();
    assert_eq!(reader.next(b"abc", 99, Error::FieldTooLong), Ok(None));
    // Had it looked again, it would have met the NUL.
    assert_eq!(
        reader.next(b"\0bcd\r\n", 99, Error::FieldTooLong),
        Ok(Some(&b"\0bcd"[..]))
    );
}

#[test]
fn a_line_feed_alone_ends_nothing() {
    assert_eq!(read(b"one\ntwo\r\n", 99, 99), Err(Error::BareLf));
}

#[test]
fn a_carriage_return_alone_ends_nothing() {
    assert_eq!(read(b"one\rtwo\r\n", 99, 99), Err(Error::BareCr));
    assert_eq!(read(b"one\r\r\n", 99, 99), Err(Error::BareCr));
}

#[test]
fn a_carriage_return_at_the_end_waits_for_what_follows() {
    assert_eq!(read(b"one\r", 99, 99), Ok(vec![]));
}

#[test]
fn every_control_character_is_refused_wherever_it_stands() {
    for byte in (0..0x20).chain([0x7f]) {
        for before in 0..20 {
            let mut input = vec![b'a'; before];
            input.extend([byte, b'b', b'b', b'\r', b'\n']);
            let expected = match byte {
                b'\t' => Ok(vec![input[..before + 3].to_vec()]),
                b'\r' => Err(Error::BareCr),
                b'\n' => Err(Error::BareLf),
                _ => Err(Error::Control),
            };
            assert_eq!(
                read(&input, 99, 99),
                expected,
                "{byte:#04x} behind {before} bytes"
            );
        }
    }
}

#[test]
fn a_line_as_long_as_the_limit_is_read_and_a_longer_one_refused() {
    for step in 1..12 {
        assert_eq!(
            read(b"12345678\r\n", step, 8),
            Ok(vec![b"12345678".to_vec()])
        );
        assert_eq!(read(b"123456789\r\n", step, 8), Err(Error::FieldTooLong));
    }
}

#[test]
fn a_line_without_an_end_is_refused_at_the_limit() {
    assert_eq!(read(b"123456789", 1, 8), Err(Error::FieldTooLong));
}

proptest! {
    #[test]
    fn what_is_found_is_the_first_control_character(bytes: Vec<u8>, from in 0_usize..40) {
        let from = from.min(bytes.len());
        let expected = bytes
            .iter()
            .enumerate()
            .position(|(at, &byte)| at >= from && byte != b'\t' && (byte < 0x20 || byte == 0x7f));
        prop_assert_eq!(find_control(&bytes, from), expected.unwrap_or(bytes.len()));
    }
}
