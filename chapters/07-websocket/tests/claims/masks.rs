//! Masks (claims C180, C186, C223).

use ch07_websocket::{Client, Header, Kind, Mask, Opcode, Role, accept_key, write_frame};
use reactor::Buffer;
use tungstenite::Message;

use crate::peers;

fn masked(key: [u8; 4], payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    write_frame(&mut frame, Opcode::Text, Some(Mask::new(key)), payload);
    frame
}

/// What a page could do to a proxy that takes any bytes for a request, if it knew the next key.
#[test]
fn c180_with_a_key_foreseen_a_page_chooses_what_stands_on_the_wire() {
    const WANTED: &[u8] = b"GET /script.js HTTP/1.1\r\n";
    let foreseen = [0x37, 0xfa, 0x21, 0x3d];
    let mut message = WANTED.to_vec();
    Mask::new(foreseen).apply(&mut message);

    let on_wire = |key| masked(key, &message).ends_with(WANTED);
    assert!(on_wire(foreseen));
    assert!(!on_wire([0x37, 0xfa, 0x21, 0x3c]));
    assert!(
        WANTED.is_ascii() && !message.is_ascii(),
        "it has to be one of bytes, too"
    );
}

/// The keys of frames that a client has sent, each with five bytes of payload.
fn keys(mut frames: &[u8]) -> Vec<[u8; 4]> {
    let mut keys = Vec::new();
    while let Some((header, used)) = Header::parse(frames, Role::Server, 5).unwrap() {
        keys.push(header.mask.expect("a server takes no other").key());
        frames = &frames[used + 5..];
    }
    keys
}

/// Two may be the same by chance, once in four billion times; three won't be.
#[track_caller]
fn differ(mut keys: Vec<[u8; 4]>) {
    assert_eq!(keys.len(), 3);
    keys.dedup();
    assert!(keys.len() > 1, "{keys:?}, three times");
}

#[test]
fn c186_a_client_takes_another_key_for_each_frame() {
    let hellos = vec![Message::text("Hello"); 3];
    differ(keys(&peers::sent_by_a_client(&hellos)));
}

#[test]
fn c186_and_so_does_the_client_of_this_chapter() {
    let mut client = Client::new(&[]).unwrap();
    let request = client.request(&"ws://localhost/".parse().unwrap());
    let (_, rest) = request.split_once("Sec-WebSocket-Key: ").unwrap();
    let accept = accept_key(&rest.as_bytes()[..24]);
    let upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade";
    let answer = format!("{upgrade}\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
    let (mut input, mut frames) = (Buffer::from(answer.as_bytes()), Vec::new());
    client.next(&mut input, &mut frames).unwrap();
    for _ in 0..3 {
        client.send(Kind::Text, b"Hello", &mut frames).unwrap();
    }
    differ(keys(&frames));
}

#[test]
fn c223_whoever_sees_the_frame_sees_the_key() {
    let mut frame = masked([0x37, 0xfa, 0x21, 0x3d], b"my password");
    assert!(!frame.windows(8).any(|part| part == b"password"));

    let (header, payload) = frame.split_at_mut(6);
    let mut found = Mask::new([header[2], header[3], header[4], header[5]]);
    found.apply(payload);
    assert_eq!(payload, b"my password");
}
