//! What the trace tells of requests and answers.

use std::fs;

use harness::{Directory, Signal};
use workbench::trace::{KINDS, Record};

use crate::answers::rest;
use crate::start;

/// What the server tells of itself while a client sends `pieces`, each once it has read the last.
fn trace_of(pieces: &[&[u8]]) -> Vec<Record> {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.join("trace.json");
    let server = start(&["--trace-json", path.to_str().unwrap()]);
    let mut client = server.client();
    for piece in pieces {
        client.send(piece);
        client.wait_until_read();
    }
    client.finish_sending();
    rest(&mut client);
    drop(client);
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(0));
    let lines = fs::read_to_string(&path).unwrap();
    let records = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    records.collect()
}

/// What is told of HTTP, and the writes, in short.
fn http(records: &[Record]) -> Vec<String> {
    let get = |record: &Record, name: &str| {
        let value = record.more.get(name);
        value.map_or_else(String::new, |value| value.to_string().replace('"', ""))
    };
    let mut told = Vec::new();
    for record in records {
        let kind = record.event.as_str();
        let words = match kind {
            "request" => [get(record, "method"), get(record, "target")].join(" "),
            "keep" => format!("{} until {}", record.bytes.unwrap(), get(record, "until")),
            "response" => get(record, "status"),
            "write" => String::new(),
            _ => continue,
        };
        assert!(KINDS.iter().any(|(name, _)| *name == kind), "{kind}");
        assert!(record.fd.is_some(), "{kind} says on which descriptor");
        told.push(format!("{kind} {words}").trim_end().to_owned());
    }
    told
}

#[test]
fn a_request_is_told_once_its_head_is_whole_and_what_is_kept_until_then() {
    let pieces: [&[u8]; 3] = [b"GET /moved HT", b"TP/1.1\r\nHost: a\r\n", b"\r\n"];
    let records = trace_of(&pieces);
    assert_eq!(
        http(&records),
        [
            "keep 13 until head",
            "keep 30 until head",
            "request GET /moved",
            "response 302",
            "write",
        ]
    );
}

#[test]
fn a_body_is_waited_for_and_nothing_of_it_is_kept_in_the_input() {
    let pieces: [&[u8]; 2] = [
        b"PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo",
        b"dy",
    ];
    let records = trace_of(&pieces);
    let told = [
        "request PUT /echo",
        "keep 0 until body",
        "response 200",
        "write",
    ];
    assert_eq!(http(&records), told);
}

#[test]
fn an_answer_is_told_with_all_its_bytes_head_and_file() {
    let request: &[u8] = b"GET /style.css HTTP/1.1\r\nHost: a\r\n\r\n";
    let records = trace_of(&[&request.repeat(2)]);
    let told = ["request GET /style.css", "response 200"];
    assert_eq!(http(&records), [&told[..], &told, &["write"]].concat());
    let bytes = |kind: &str| {
        let records = records.iter().filter(|record| record.event == kind);
        records.filter_map(|record| record.bytes).sum::<u64>()
    };
    assert_eq!(bytes("response"), bytes("write"));
}
