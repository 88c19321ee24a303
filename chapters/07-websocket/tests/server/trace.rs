//! What the trace tells of frames.

use std::fs;

use ch07_websocket::{Close, CloseCode, Opcode};
use harness::{Directory, Signal};
use workbench::trace::{KINDS, Record};

use crate::socket::{SWITCHING, fragment, masked, masked_close, request};
use crate::start;

/// What the server tells of frames while a client behind its handshake sends `pieces`, each once
/// the last has been read.
fn frames(pieces: &[&[u8]]) -> Vec<String> {
    let handshake = request("");
    frames_of(&[&[&handshake[..]], pieces].concat())
}

/// The same where the handshake is one of the pieces, or within one.
fn frames_of(pieces: &[&[u8]]) -> Vec<String> {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.join("trace.json");
    let server = start(&["--trace-json", path.to_str().unwrap()]);
    let mut client = server.client();
    for piece in pieces {
        client.send(piece);
        client.wait_until_read();
    }
    client.finish_sending();
    assert!(client.read_to_end().starts_with(SWITCHING));
    drop(client);
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(0));
    let lines = fs::read_to_string(&path).unwrap();
    let records = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    records.filter_map(|record| told(&record)).collect()
}

/// An event in short, if it is about frames.
fn told(record: &Record) -> Option<String> {
    let get = |name: &str| {
        let value = record.more.get(name);
        value.map_or_else(String::new, |value| value.to_string().replace('"', ""))
    };
    let is_frame = record.event == "frame";
    if !is_frame && record.event != "keep" {
        return None;
    }
    assert!(KINDS.iter().any(|(kind, _)| *kind == record.event));
    assert!(record.fd.is_some(), "{record:?} says on which descriptor");
    let bytes = record.bytes.unwrap();
    if !is_frame {
        return Some(format!("keep {bytes} until {}", get("until")));
    }
    let data = record.data.as_deref().unwrap();
    let (way, opcode) = (get("way"), get("opcode"));
    let mut told = format!("{way} {opcode} {bytes} \"{data}\"");
    assert_eq!(get("masked"), (way == "in").to_string());
    if get("fin") != "true" {
        told += " more follows";
    }
    if way == "in" && get("here") != bytes.to_string() {
        told.extend([" ", &get("here"), " here"]);
    }
    Some(told)
}

#[test]
fn frames_are_told_with_their_payload_unmasked() {
    let both = [masked(Opcode::Text, b"Hi"), masked(Opcode::Binary, b"\0")].concat();
    let told = frames(&[&both]);
    let expected = [
        r#"in text 2 "Hi""#,
        r#"out text 2 "Hi""#,
        r#"in binary 1 "\x00""#,
        r#"out binary 1 "\x00""#,
    ];
    assert_eq!(told, expected);
}

#[test]
fn of_a_long_payload_the_beginning_is_told() {
    let told = frames(&[&masked(Opcode::Text, &[b'x'; 100])]);
    let excerpt = "x".repeat(48);
    let frame = format!("text 100 \"{excerpt}…\"");
    assert_eq!(told, [format!("in {frame}"), format!("out {frame}")]);
}

#[test]
fn a_frame_in_pieces_is_told_once_its_header_is_there() {
    let text = masked(Opcode::Text, b"Hello");
    let ping = masked(Opcode::Ping, b"?");
    let told = frames(&[&text[..3], &text[3..8], &text[8..], &ping[..6], &ping[6..]]);
    let expected = [
        "keep 3 until header",
        r#"in text 5 "He" 2 here"#,
        r#"out text 5 "Hello""#,
        "keep 6 until control",
        r#"in ping 1 "?""#,
        r#"out pong 1 "?""#,
    ];
    assert_eq!(told, expected);
}

#[test]
fn each_fragment_is_told_the_empty_ones_too() {
    let pieces = [
        fragment(Opcode::Text, b""),
        fragment(Opcode::Continuation, b""),
        masked(Opcode::Ping, b""),
        masked(Opcode::Continuation, b"end"),
    ];
    let told = frames(&[&pieces.concat()]);
    let expected = [
        r#"in text 0 "" more follows"#,
        r#"in continuation 0 "" more follows"#,
        r#"in ping 0 """#,
        r#"out pong 0 """#,
        r#"in continuation 3 "end""#,
        r#"out text 3 "end""#,
    ];
    assert_eq!(told, expected);
}

#[test]
fn both_closes_are_told() {
    let close = masked_close(Close {
        code: Some(CloseCode::NORMAL),
        reason: "bye",
    });
    let told = frames(&[&close]);
    let expected = [r#"in close 5 "\x03\xe8bye""#, r#"out close 2 "\x03\xe8""#];
    assert_eq!(told, expected);
}

/// What is behind the handshake is no half head.
#[test]
fn a_frame_behind_the_handshake_is_told_like_any_other() {
    let pieces = [request(""), masked(Opcode::Text, b"Hi")].concat();
    let told = frames_of(&[&pieces]);
    assert_eq!(told, [r#"in text 2 "Hi""#, r#"out text 2 "Hi""#]);
}
