//! What is said comes back.

use super::frame::{Frame, Kind};
use super::{connect, expect_echo, start};
use crate::Subject;

/// Masked one way, plain the other.
pub fn a_text_comes_back(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A client's frames are masked, a server's aren't: XOR each byte of the payload with the mask's byte \
         at its index modulo 4.",
    );
    let mut client = connect(&server);
    expect_echo(&mut client, "hello");
    expect_echo(&mut client, "");
    expect_echo(&mut client, "Hü€😀");
}

/// RFC 6455 §5.2
pub fn messages_of_each_form_of_length_come_back(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A length up to 125 is in the header's 7 bits, up to 65,535 in 16 bits after 126, and a longer one in \
         64 bits after 127, in network order. A sender uses the shortest form.",
    );
    let mut client = connect(&server);
    for length in [1, 7, 8, 125, 126, 127, 65_535, 65_536, 100_000] {
        let payload: Vec<u8> = (0..=250).cycle().take(length).collect();
        let frame = Frame::of(Kind::Binary, &payload);
        client.exchange(&frame.masked(), &frame.plain());
    }
}

/// Within the header, the mask and a character.
pub fn frames_may_come_byte_by_byte(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A read may end anywhere in a frame: in its header, its mask, or a character of its text.",
    );
    let mut client = connect(&server);
    let text = Frame::of(Kind::Text, "Hü€😀".as_bytes());
    let long = Frame::of(Kind::Binary, &[0xff; 200]);
    client.send_byte_by_byte(&[text.masked(), long.masked()].concat());
    client.expect(&[text.plain(), long.plain()].concat());
}

/// RFC 6455 §5.5.2
pub fn a_ping_is_answered_with_its_payload(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A Ping is answered with a Pong that has the same payload.",
    );
    let mut client = connect(&server);
    for payload in [&b""[..], b"still there?", &[b'p'; 125]] {
        client.send(&Frame::of(Kind::Ping, payload).masked());
        client.expect(&Frame::of(Kind::Pong, payload).plain());
    }
}

/// RFC 6455 §5.5.3
pub fn a_pong_that_was_not_asked_for_is_ignored(subject: &Subject) {
    let server = start(subject, &[], "A Pong is an answer, and needs none.");
    let mut client = connect(&server);
    client.send(&Frame::of(Kind::Pong, b"here I am").masked());
    expect_echo(&mut client, "and");
}

/// RFC 6455 §5.4
pub fn fragments_come_back_as_one_message(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "A message may come in several frames: the first has its kind, the others are continuations, and the \
         last has FIN. Send it back as one frame. A character may be cut between two of them.",
    );
    let mut client = connect(&server);
    client.send(&Frame::begun(Kind::Text, b"one, \xe2\x82").masked());
    client.send(&Frame::begun(Kind::Continuation, b"\xac, ").masked());
    client.send(&Frame::of(Kind::Continuation, b"three").masked());
    client.expect(&Frame::of(Kind::Text, "one, €, three".as_bytes()).plain());
}

/// RFC 6455 §5.4
pub fn a_ping_between_fragments_is_answered_first(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "Control frames may come between the fragments of a message: answer a Ping at once, and leave the \
         message as it is.",
    );
    let mut client = connect(&server);
    client.send(&Frame::begun(Kind::Text, b"one, ").masked());
    client.send(&Frame::of(Kind::Ping, b"still there?").masked());
    client.expect(&Frame::of(Kind::Pong, b"still there?").plain());
    client.send(&Frame::of(Kind::Continuation, b"two").masked());
    client.expect(&Frame::of(Kind::Text, b"one, two").plain());
}

/// In one read, or several.
pub fn many_messages_at_once_come_back_in_order(subject: &Subject) {
    let server = start(
        subject,
        &[],
        "One read may bring many frames, and the beginning of another.",
    );
    let mut client = connect(&server);
    let (mut sent, mut expected) = (Vec::new(), Vec::new());
    for number in 0..20_000 {
        let text = format!("message {number}");
        let frame = Frame::of(Kind::Text, text.as_bytes());
        sent.extend(frame.masked());
        expected.extend(frame.plain());
    }
    client.exchange(&sent, &expected);
}
