//! Frames on a stream of bytes, and a stream that is silent (claim C224; bugs B73, B87).

use std::io::{Read, Write};

use ch07_websocket::{Decoder, Event, Limits, Mask, Opcode, Role, write_frame};
use harness::experiment::{entry, pair, until, until_unread};
use reactor::Buffer;
use socket2::SockRef;

use crate::documents::echo_003;

/// A text from a client.
fn text(text: &str) -> Vec<u8> {
    let mut frame = Vec::new();
    let mask = Mask::new([0x37, 0xfa, 0x21, 0x3d]);
    write_frame(&mut frame, Opcode::Text, Some(mask), text.as_bytes());
    frame
}

/// What a server receives of these pieces, each read before the next is sent.
fn received(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
    let (mut client, mut server) = pair();
    let read = |piece: &&[u8]| {
        client.write_all(piece).unwrap();
        until_unread(&server, piece.len());
        let mut input = vec![0; 1024];
        let count = server.read(&mut input).unwrap();
        input.truncate(count);
        input
    };
    pieces.iter().map(read).collect()
}

/// The texts that this chapter's decoder finds in what has been received.
fn texts(received: &[Vec<u8>]) -> Vec<u8> {
    let (mut decoder, mut input) = (Decoder::new(Role::Server), Buffer::new());
    let mut texts = Vec::new();
    for bytes in received {
        input.extend(bytes);
        while let Some(event) = decoder.next(&mut input, &Limits::default()).unwrap() {
            let Event::Data(part) = event else {
                panic!("{event:?}")
            };
            texts.extend_from_slice(part.bytes);
            texts.extend(part.last.then_some(b'|'));
        }
    }
    texts
}

#[test]
fn b73_of_two_frames_in_one_segment_the_first_is_answered() {
    let received = received(&[&[text("one"), text("two")].concat()]);
    let [bytes] = &received[..] else {
        panic!("{} reads", received.len())
    };
    assert_eq!(echo_003(bytes), b"\x81\x03one");
    assert_eq!(texts(&received), b"one|two|");
}

#[test]
fn b73_of_a_frame_in_two_segments_each_half_is_answered() {
    let frame = text("Hello");
    let (first, second) = frame.split_at(8);
    let received = received(&[first, second]);
    assert_eq!(echo_003(&received[0]), b"\x81\x05He\x21\x3d\x37");
    let rest = echo_003(&received[1]);
    assert_ne!(rest[2..], *b"llo");
    assert_eq!(texts(&received), b"Hello|");
}

/// The array has 1,024 bytes, so a `recv` brings no more, and the frame's rest is the next frame.
#[test]
fn b87_2000_bytes_do_not_fit() {
    let frame = text(&"x".repeat(2000));
    let received = received(&[&frame[..1024], &frame[1024..]]);
    assert_eq!(echo_003(&received[0]).len(), 2 + 126);
    assert_eq!(
        texts(&received),
        ["x".repeat(2000), "|".into()].concat().as_bytes()
    );
}

/// Neither end of a silent connection waits for anything.
#[test]
fn c224_a_connection_stays_though_nobody_asks() {
    let (mut client, mut server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    let timers = || [(here, there), (there, here)].map(|(from, to)| entry(from, to).unwrap().timer);
    until("no timer runs", || timers() == [None, None]);
    SockRef::from(&server).set_keepalive(true).unwrap();
    assert_eq!(
        timers().map(|timer| timer.is_some()),
        [false, true],
        "TCP's own question"
    );

    client.write_all(b"still there").unwrap();
    until_unread(&server, 11);
    let mut input = [0; 11];
    server.read_exact(&mut input).unwrap();
}
