use reactor::Buffer;

use super::{Decoder, Event};
use crate::{CloseCode, Error, Limits, Mask, Opcode, Role, write_frame};

/// What was understood: a line for each message and control frame.
type Reading = (Vec<String>, Option<Error>);

/// Reads `input` while it grows to each of `ends`.
fn read(input: &[u8], ends: &[usize], role: Role, limits: &Limits) -> Reading {
    let (mut decoder, mut buffer) = (Decoder::new(role), Buffer::new());
    let (mut said, mut at, mut message) = (Vec::new(), 0, Vec::new());
    for &end in ends {
        buffer.extend(&input[at..end]);
        at = end;
        loop {
            match decoder.next(&mut buffer, limits) {
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(decoder.next(&mut buffer, limits), Err(error));
                    return (said, Some(error));
                }
                Ok(Some(Event::Data(part))) => {
                    assert!(part.last || !part.bytes.is_empty(), "a part without bytes");
                    message.extend_from_slice(part.bytes);
                    if part.last {
                        let shown = message.escape_ascii();
                        said.push(format!("{:?} {shown}", part.kind));
                        message.clear();
                    }
                }
                Ok(Some(Event::Ping(data))) => said.push(format!("Ping {}", data.escape_ascii())),
                Ok(Some(Event::Deflated(part))) => {
                    said.push(format!("Deflated {}", part.bytes.escape_ascii()));
                }
                Ok(Some(Event::Pong(data))) => said.push(format!("Pong {}", data.escape_ascii())),
                Ok(Some(Event::Close(close))) => {
                    let code = close.code.map_or(0, CloseCode::number);
                    said.push(format!("Close {code} {}", close.reason));
                }
            }
        }
        assert!(buffer.len() < 14 + 125, "{} bytes wait", buffer.len());
    }
    (said, None)
}

/// The same, compared: whole, byte by byte, and in two pieces cut at every position.
fn check(input: &[u8], role: Role, limits: &Limits) -> Reading {
    let whole = read(input, &[input.len()], role, limits);
    let shown = input.escape_ascii();
    let bytes: Vec<_> = (0..=input.len()).collect();
    assert_eq!(
        read(input, &bytes, role, limits),
        whole,
        "byte by byte: {shown}"
    );
    for cut in 0..input.len() {
        let outcome = read(input, &[cut, input.len()], role, limits);
        assert_eq!(outcome, whole, "cut at {cut}: {shown}");
    }
    whole
}

/// What a client understands.
fn client(input: &[u8]) -> Reading {
    check(input, Role::Client, &Limits::default())
}

/// `input` says this, and so it does with another frame behind it.
fn says(input: &[u8], expected: &[&str]) {
    let (said, error) = client(input);
    assert_eq!(
        (&said[..], error),
        (
            &expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..],
            None
        )
    );
    let (mut followed, error) = client(&[input, b"\x8a\x04next"].concat());
    assert_eq!(error, None);
    assert_eq!(followed.pop().as_deref(), Some("Pong next"));
    assert_eq!(followed, said);
}

/// What is wrong with this, and what was said before.
fn error(input: &[u8]) -> (Error, Vec<String>) {
    match client(input) {
        (said, Some(error)) => (error, said),
        outcome => panic!("{outcome:?} for {}", input.escape_ascii()),
    }
}

#[test]
fn a_frame_is_a_message() {
    says(b"\x81\x05Hello", &["Text Hello"]);
    says(b"\x82\x03\0\xff\x80", &["Binary \\x00\\xff\\x80"]);
    says(b"\x81\x00", &["Text "]);
}

#[test]
fn a_masked_message_is_unmasked_wherever_it_is_cut() {
    let mut input = Vec::new();
    write_frame(
        &mut input,
        Opcode::Text,
        Some(Mask::new([1, 2, 3, 4])),
        b"Hello, masks",
    );
    let (said, error) = check(&input, Role::Server, &Limits::default());
    assert_eq!((said, error), (vec!["Text Hello, masks".to_owned()], None));
}

#[test]
fn fragments_are_one_message() {
    says(b"\x01\x03Hel\x80\x02lo", &["Text Hello"]);
    says(b"\x02\x01a\x00\x01b\x00\x00\x80\x01c", &["Binary abc"]);
    says(b"\x01\x00\x80\x00", &["Text "]);
}

#[test]
fn control_frames_may_stand_between_fragments() {
    says(
        b"\x01\x03Hel\x89\x01p\x00\x01l\x8a\x00\x80\x01o",
        &["Ping p", "Pong ", "Text Hello"],
    );
}

#[test]
fn a_continuation_needs_a_message() {
    assert_eq!(error(b"\x80\x01a"), (Error::NothingToContinue, vec![]));
    let (wrong, said) = error(b"\x81\x01a\x80\x01b");
    assert_eq!(
        (wrong, said),
        (Error::NothingToContinue, vec!["Text a".to_owned()])
    );
}

#[test]
fn a_message_does_not_begin_within_another() {
    assert_eq!(error(b"\x01\x01a\x81\x01b").0, Error::MessageInMessage);
    assert_eq!(error(b"\x02\x00\x02\x00").0, Error::MessageInMessage);
}

#[test]
fn a_character_may_be_cut_by_a_fragment() {
    says(b"\x01\x01\xc3\x80\x01\xbc", &["Text \\xc3\\xbc"]);
    says(
        b"\x01\x02\xe2\x82\x00\x00\x80\x01\xac",
        &["Text \\xe2\\x82\\xac"],
    );
}

#[test]
fn a_text_that_ends_within_a_character_is_refused() {
    assert_eq!(error(b"\x81\x02a\xc3").0, Error::Utf8);
    assert_eq!(error(b"\x01\x02a\xc3\x80\x00").0, Error::Utf8);
}

#[test]
fn what_is_not_utf8_is_refused_at_its_first_impossible_byte() {
    let limits = Limits::default();
    let (mut decoder, mut input) = (Decoder::new(Role::Client), Buffer::new());
    input.extend(b"\x81\x7e\xff\xffab\xf4"); // more than 65,000 bytes are to come
    assert!(matches!(
        decoder.next(&mut input, &limits),
        Ok(Some(Event::Data(_)))
    ));
    input.extend(b"\x90");
    assert_eq!(decoder.next(&mut input, &limits), Err(Error::Utf8));
}

#[test]
fn nothing_counts_behind_a_close() {
    let (said, error) = client(b"\x88\x05\x03\xe8bye\x81\x01a\xff\xff");
    assert_eq!((said, error), (vec!["Close 1000 bye".to_owned()], None));
}

#[test]
fn a_bad_close_is_an_error() {
    assert_eq!(error(b"\x88\x01\x03").0, Error::CloseTooShort);
    assert_eq!(error(b"\x88\x02\x03\xed").0, Error::CloseCode);
    assert_eq!(error(b"\x88\x03\x03\xe8\xff").0, Error::ReasonUtf8);
}

#[test]
fn a_message_is_refused_with_the_frame_that_makes_it_too_long() {
    let limits = Limits {
        frame: 4,
        message: 6,
        fragments: 3,
    };
    let outcome = |input: &[u8]| check(input, Role::Client, &limits).1;
    assert_eq!(outcome(b"\x82\x05"), Some(Error::FrameTooLong));
    assert_eq!(outcome(b"\x02\x04abcd\x80\x02ef"), None);
    assert_eq!(
        outcome(b"\x02\x04abcd\x80\x03"),
        Some(Error::MessageTooLong)
    );
    assert_eq!(outcome(b"\x02\x00\x00\x00\x80\x00"), None);
    assert_eq!(
        outcome(b"\x02\x00\x00\x00\x00\x00\x00\x00"),
        Some(Error::TooManyFragments)
    );
    for error in [
        Error::FrameTooLong,
        Error::MessageTooLong,
        Error::TooManyFragments,
    ] {
        assert_eq!(error.code(), CloseCode::TOO_BIG);
    }
}

#[test]
fn a_message_in_one_frame_has_the_limit_of_messages() {
    let limits = Limits {
        message: 2,
        ..Limits::default()
    };
    let outcome = |input: &[u8]| check(input, Role::Client, &limits).1;
    assert_eq!(outcome(b"\x82\x02ab"), None);
    assert_eq!(outcome(b"\x82\x03abc"), Some(Error::MessageTooLong));
}

#[test]
fn each_message_has_the_limits_to_itself() {
    let limits = Limits {
        message: 2,
        fragments: 2,
        ..Limits::default()
    };
    let input = b"\x02\x01a\x80\x01b".repeat(3);
    assert_eq!(check(&input, Role::Client, &limits).1, None);
}

#[test]
fn a_long_message_passes_through_a_small_input() {
    let limits = Limits::default();
    let (mut decoder, mut input) = (Decoder::new(Role::Client), Buffer::new());
    input.extend(b"\x82\x7f\0\0\0\0\x04\0\0\0"); // 64 MiB
    let (zeros, mut length, mut last) = (vec![0; 65536], 0, false);
    while !last {
        input.extend(&zeros);
        while let Some(event) = decoder.next(&mut input, &limits).expect("a message") {
            if let Event::Data(part) = event {
                length += part.bytes.len();
                last = part.last;
            }
        }
        assert!(input.is_empty());
    }
    assert_eq!(length, 64 * 1024 * 1024);
}
