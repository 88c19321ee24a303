use super::{Close, CloseCode};
use crate::Error;

#[test]
fn a_close_may_say_nothing() {
    assert_eq!(Close::parse(b""), Ok(Close::default()));
}

#[test]
fn a_close_says_why_in_a_number_and_in_words() {
    let close = Close::parse(b"\x03\xe8all is said").expect("a code and a reason");
    assert_eq!(close.code, Some(CloseCode::NORMAL));
    assert_eq!(close.reason, "all is said");
}

#[test]
fn half_a_code_is_none() {
    assert_eq!(Close::parse(b"\x03"), Err(Error::CloseTooShort));
}

#[test]
fn a_reason_is_utf8() {
    assert_eq!(Close::parse(b"\x03\xe8\xff"), Err(Error::ReasonUtf8));
    assert_eq!(Close::parse(b"\x03\xe8\xc3"), Err(Error::ReasonUtf8));
    assert_eq!(Error::ReasonUtf8.code(), CloseCode::INVALID_DATA);
}

/// RFC 6455 §7.4 and the registry of close codes.
#[test]
fn the_codes_that_may_be_sent_are_those_with_a_meaning_and_those_of_applications() {
    let may_be_sent: Vec<u16> = (0..=u16::MAX)
        .filter(|&number| Close::parse(&number.to_be_bytes()).is_ok())
        .collect();
    let expected: Vec<u16> = (1000..=1003)
        .chain(1007..=1014)
        .chain(3000..=4999)
        .collect();
    assert_eq!(may_be_sent, expected);
}

#[test]
fn the_codes_that_are_never_sent_are_refused() {
    for code in [CloseCode::NO_STATUS, CloseCode::ABNORMAL] {
        let payload = code.number().to_be_bytes();
        assert_eq!(Close::parse(&payload), Err(Error::CloseCode), "{code}");
    }
}

#[test]
fn what_is_written_is_what_is_read() {
    for close in [
        Close::default(),
        Close::from(CloseCode::TOO_BIG),
        Close::from(Error::Utf8),
    ] {
        let mut payload = Vec::new();
        close.write(&mut payload);
        assert_eq!(Close::parse(&payload), Ok(close));
    }
}

#[test]
fn a_long_reason_is_cut_between_two_characters() {
    let close = Close {
        code: Some(CloseCode::NORMAL),
        reason: &"ü".repeat(100),
    };
    let mut payload = Vec::new();
    close.write(&mut payload);
    assert_eq!(payload.len(), 2 + 122);
    assert!(Close::parse(&payload).is_ok());
}
