//! What the first byte of a frame says, and what becomes of those who don't look (claims C178, C179,
//! C201, C221, C222; bugs B69 to B72, B83, B85, B86, B91, B92).

use ch07_websocket::{
    Decoder, Error, Event, Header, Kind, Limits, Mask, Opcode, Part, Role, write_frame,
};
use reactor::Buffer;
use tungstenite::error::ProtocolError;

use crate::documents::{answer_002, echo_003};
use crate::peers;

/// A frame from a client.
fn masked(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);
    write_frame(&mut frame, opcode, Some(mask), payload);
    frame
}

/// What is wrong with a server's frames: what this chapter's decoder says of the first that is.
fn fault(frames: &[u8]) -> Option<Error> {
    let (mut decoder, mut input) = (Decoder::new(Role::Client), Buffer::from(frames));
    loop {
        match decoder.next(&mut input, &Limits::default()) {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => return Some(error),
        }
    }
}

/// The same, said by another implementation of the first of them.
fn their_fault(frames: &[u8]) -> Option<ProtocolError> {
    match peers::first_read_by_a_client(frames) {
        Err(tungstenite::Error::Protocol(error)) => Some(error),
        _ => None,
    }
}

#[test]
fn c178_a_reserved_bit_that_is_set_ends_the_connection() {
    assert_eq!((fault(b"\x81\0"), their_fault(b"\x81\0")), (None, None));
    for bit in [0x40, 0x20, 0x10] {
        let frame = [0x81 | bit, 0];
        assert_eq!(fault(&frame), Some(Error::ReservedBit));
        let theirs = their_fault(&frame);
        assert_eq!(theirs, Some(ProtocolError::NonZeroReservedBits));
    }
}

#[test]
fn c179_of_sixteen_opcodes_six_have_a_meaning_and_none_is_a_handshake() {
    let known = |opcode: &u8| {
        let frame = [0x80 | opcode, 0];
        Header::parse(&frame, Role::Client, 0).is_ok()
    };
    let known: Vec<u8> = (0..16).filter(known).collect();
    assert_eq!(known, [0, 1, 2, 8, 9, 10]);
    for opcode in (3..8).chain(11..16) {
        let theirs = their_fault(&[0x80 | opcode, 0]);
        assert_eq!(theirs, Some(ProtocolError::InvalidOpcode(opcode)));
    }
}

#[test]
fn c180_a_server_that_masks_is_refused() {
    let frame = masked(Opcode::Text, b"Hello");
    assert_eq!(fault(&frame), Some(Error::Masked));
    let theirs = their_fault(&frame);
    assert_eq!(theirs, Some(ProtocolError::MaskedFrameFromServer));
}

#[test]
fn c201_a_ping_may_stand_between_fragments_and_another_message_may_not() {
    assert_eq!(fault(b"\x01\x03Hel\x89\x00\x80\x02lo"), None);
    for (frames, expected) in [
        (&b"\x01\x03Hel\x81\x02lo"[..], Error::MessageInMessage),
        (b"\x09\x00", Error::ControlInFragments),
        (b"\x89\x7e\x00\x7e", Error::ControlTooLong),
    ] {
        assert_eq!(fault(frames), Some(expected));
    }
    let theirs = peers::first_read_by_a_client(b"\x01\x03Hel\x81\x02lo");
    assert!(theirs.is_err(), "{theirs:?}");
}

/// With a delimiter it would have to be escaped, or could not be sent.
#[test]
fn c222_a_payload_may_hold_what_looks_like_an_end_or_a_frame() {
    let payload = b"\r\n\r\n\0\x88\x00\x81\x05Hello";
    let mut input = Buffer::from(&masked(Opcode::Binary, payload)[..]);
    let event = Decoder::new(Role::Server).next(&mut input, &Limits::default());
    let part = Part {
        kind: Kind::Binary,
        bytes: payload,
        last: true,
    };
    assert_eq!(event, Ok(Some(Event::Data(part))));
}

#[test]
fn b69_four_letters_are_no_frame() {
    let answer = answer_002(&masked(Opcode::Text, b"Hello"));
    assert_eq!(answer, b"00ok\0\0\0\0\0\0\0", "as long as the question");
    assert_eq!(fault(&answer), Some(Error::ReservedBit), "0 is 0x30");
}

#[test]
fn b71_a_ping_and_a_close_get_the_same_four_letters() {
    for opcode in [Opcode::Text, Opcode::Binary, Opcode::Ping, Opcode::Close] {
        let answer = answer_002(&masked(opcode, b"\x03\xe8"));
        assert_eq!(answer, b"00ok\0\0\0\0", "to {opcode:?}");
    }
}

#[test]
fn b70_a_longer_message_comes_back_with_its_mask() {
    let answer = answer_002(&masked(Opcode::Text, &[b'x'; 200]));
    assert_eq!(answer.len(), 208);
    assert_eq!(fault(&answer), Some(Error::Masked));
    let theirs = their_fault(&answer);
    assert_eq!(theirs, Some(ProtocolError::MaskedFrameFromServer));
}

#[test]
fn b91_whatever_comes_goes_back_as_a_text() {
    let echo = |opcode, payload: &[u8]| echo_003(&masked(opcode, payload));
    assert_eq!(echo(Opcode::Ping, b"ping!"), b"\x81\x05ping!");
    let close = echo(Opcode::Close, b"\x03\xe8");
    assert_eq!(close, b"\x81\x02\x03\xe8", "and the connection stays");
    assert_eq!(fault(&close), Some(Error::Utf8));
    assert_eq!(fault(&echo(Opcode::Binary, b"\xff")), Some(Error::Utf8));
}

/// The first of two fragments: its FIN bit isn't looked at either.
#[test]
fn b91_the_first_fragment_goes_back_as_a_whole_message() {
    let mut fragment = masked(Opcode::Text, b"Hel");
    fragment[0] &= 0x7f;
    assert_eq!(echo_003(&fragment), b"\x81\x03Hel");
}

#[test]
fn b83_of_130_bytes_126_come_back_behind_a_length_of_0() {
    let answer = echo_003(&masked(Opcode::Text, &[b'x'; 130]));
    assert_eq!(answer.len(), 128);
    assert!(answer.starts_with(b"\x81\x00"), "an empty text, and then?");
    assert_eq!(fault(&answer), Some(Error::ReservedBit));
}

#[test]
fn b86_a_header_of_125_and_4_bytes_bring_back_125() {
    let whole = masked(Opcode::Text, &[b'x'; 125]);
    let answer = echo_003(&whole[..6 + 4]);
    assert!(
        answer.starts_with(b"\x81\x7dxxxx\x37\xfa"),
        "then the mask itself"
    );
    assert_eq!(answer.len(), 127);

    let mut input = Buffer::from(&whole[..6 + 4]);
    let event = Decoder::new(Role::Server).next(&mut input, &Limits::default());
    let part = Part {
        kind: Kind::Text,
        bytes: b"xxxx",
        last: false,
    };
    assert_eq!(
        event,
        Ok(Some(Event::Data(part))),
        "what is there, and no more"
    );
}

/// `\x06` is `s` under the mask `u`: the first four letters are taken for the key.
#[test]
fn b92_without_a_mask_the_first_letters_unmask_the_others() {
    let frame = b"\x81\x09unmasked!";
    assert_eq!(echo_003(frame), b"\x81\x09\x06\x05\x08\x05Tnmau");
    let parsed = Header::parse(frame, Role::Server, 9);
    assert_eq!(parsed, Err(Error::Unmasked));
}

#[test]
fn b92_reserved_bits_and_opcodes_are_not_looked_at() {
    let mut frame = masked(Opcode::Text, b"Hello");
    for first in [0xc1, 0x83] {
        frame[0] = first;
        assert_eq!(echo_003(&frame), b"\x81\x05Hello");
        assert!(Header::parse(&frame, Role::Server, 5).is_err());
    }
}
