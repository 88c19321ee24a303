use super::{Header, Opcode, Role};
use crate::{Error, Mask};

const LIMIT: u64 = 1 << 40;

/// Reads `input` byte by byte until there is an outcome: it, and how many bytes that took. The
/// outcome is the same with all bytes at once, and with more behind them.
fn parse(input: &[u8], reader: Role) -> (Result<Option<Header>, Error>, usize) {
    for end in 0..=input.len() {
        let outcome = Header::parse(&input[..end], reader, LIMIT);
        if let Ok(None) = outcome {
            continue;
        }
        let followed = [input, &[0; 16]].concat();
        for longer in [input, &followed] {
            let again = Header::parse(longer, reader, LIMIT);
            assert_eq!(again, outcome, "{}", longer.escape_ascii());
        }
        if let Ok(Some((_, used))) = outcome {
            assert_eq!(used, end);
        }
        return (outcome.map(|header| header.map(|(header, _)| header)), end);
    }
    (Ok(None), input.len())
}

fn header(input: &[u8], reader: Role) -> Header {
    match parse(input, reader) {
        (Ok(Some(header)), _) => header,
        (outcome, _) => panic!("{outcome:?} for {}", input.escape_ascii()),
    }
}

/// What is wrong with this, which is told at its last byte.
fn error(input: &[u8], reader: Role) -> Error {
    match parse(input, reader) {
        (Err(error), used) if used == input.len() => error,
        outcome => panic!("{outcome:?} for {}", input.escape_ascii()),
    }
}

#[test]
fn the_first_byte_says_what_it_is_and_whether_that_is_all() {
    for (byte, opcode, last) in [
        (0x81, Opcode::Text, true),
        (0x01, Opcode::Text, false),
        (0x82, Opcode::Binary, true),
        (0x00, Opcode::Continuation, false),
        (0x80, Opcode::Continuation, true),
        (0x88, Opcode::Close, true),
        (0x89, Opcode::Ping, true),
        (0x8a, Opcode::Pong, true),
    ] {
        let header = header(&[byte, 5], Role::Client);
        assert_eq!((header.opcode, header.last), (opcode, last));
    }
}

#[test]
fn reserved_bits_are_refused() {
    for bit in [0x40, 0x20, 0x10] {
        assert_eq!(error(&[0x81 | bit], Role::Server), Error::ReservedBit);
    }
}

#[test]
fn unknown_opcodes_are_refused() {
    for opcode in (3..8).chain(11..16) {
        assert_eq!(error(&[0x80 | opcode], Role::Server), Error::Opcode);
    }
}

#[test]
fn a_control_frame_is_short_and_in_one_piece() {
    for opcode in [8, 9, 10] {
        assert_eq!(error(&[opcode], Role::Client), Error::ControlInFragments);
        let ending = 0x80 | opcode;
        assert_eq!(error(&[ending, 126], Role::Client), Error::ControlTooLong);
        assert_eq!(error(&[ending, 127], Role::Client), Error::ControlTooLong);
        assert_eq!(header(&[ending, 125], Role::Client).length, 125);
    }
}

#[test]
fn a_server_takes_masked_frames_and_a_client_those_that_are_not() {
    assert_eq!(error(&[0x81, 5], Role::Server), Error::Unmasked);
    assert_eq!(error(&[0x81, 0x85], Role::Client), Error::Masked);
    let masked = header(b"\x81\x85\x01\x02\x03\x04", Role::Server);
    assert_eq!(masked.mask, Some(Mask::new([1, 2, 3, 4])));
    assert_eq!(header(&[0x81, 5], Role::Client).mask, None);
}

#[test]
fn longer_lengths_have_their_highest_byte_first() {
    let length = |input: &[u8]| header(input, Role::Client).length;
    assert_eq!(length(b"\x82\x7d"), 125);
    assert_eq!(length(b"\x82\x7e\x00\x7e"), 126);
    assert_eq!(length(b"\x82\x7e\xff\xff"), 65_535);
    assert_eq!(length(b"\x82\x7f\0\0\0\0\0\x01\0\0"), 65_536);
    assert_eq!(length(b"\x82\x7f\0\0\0\x01\0\0\0\0"), 1 << 32);
}

/// RFC 6455 §5.2: "the minimal number of bytes MUST be used".
#[test]
fn a_length_in_more_bytes_than_it_needs_is_refused() {
    let told = |input: &[u8]| error(input, Role::Client);
    assert_eq!(told(b"\x82\x7e\x00\x7d"), Error::LengthNotShortest);
    assert_eq!(
        told(b"\x82\x7f\0\0\0\0\0\0\xff\xff"),
        Error::LengthNotShortest
    );
    assert_eq!(told(b"\x82\x7f\x80\0\0\0\0\0\0\0"), Error::LengthTooLarge);
}

#[test]
fn a_frame_above_the_limit_is_refused_before_its_payload() {
    let read = |input: &[u8], limit| Header::parse(input, Role::Client, limit);
    assert!(read(b"\x82\x7e\x01\x00", 256).is_ok());
    assert_eq!(read(b"\x82\x7e\x01\x00", 255), Err(Error::FrameTooLong));
    assert!(
        read(b"\x89\x10", 0).is_ok(),
        "a control frame is short enough"
    );
    let largest = b"\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff";
    assert_eq!(
        read(largest, u64::MAX >> 1),
        Ok(Some((
            Header {
                opcode: Opcode::Binary,
                last: true,
                compressed: false,
                mask: None,
                length: u64::MAX >> 1,
            },
            10
        )))
    );
}

#[test]
fn what_is_encoded_is_what_is_read_in_the_shortest_form() {
    for (length, bytes) in [
        (0, 2),
        (125, 2),
        (126, 4),
        (65_535, 4),
        (65_536, 10),
        (LIMIT, 10),
    ] {
        for mask in [None, Some(Mask::new([9, 8, 7, 6]))] {
            let header = Header {
                opcode: Opcode::Binary,
                last: length % 2 == 0,
                compressed: false,
                mask,
                length,
            };
            let encoded = header.encode();
            assert_eq!(encoded.len(), bytes + 4 * usize::from(mask.is_some()));
            let reader = if mask.is_some() {
                Role::Server
            } else {
                Role::Client
            };
            assert_eq!(parse(&encoded, reader).0, Ok(Some(header)));
        }
    }
}
