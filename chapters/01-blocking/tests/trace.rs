//! What `--trace` prints and `--trace-json` records of a real run.

use std::fs;
use std::thread;
use std::time::Instant;

use harness::{DEADLINE, Directory, Server};
use workbench::trace::{KINDS, Record};

/// A file for this test alone.
struct Recording(Directory);

impl Recording {
    fn new() -> Self {
        Self(Directory::new(env!("CARGO_TARGET_TMPDIR")))
    }

    fn path(&self) -> String {
        format!("{}/trace.json", self.0.name())
    }

    fn read(&self) -> Vec<Record> {
        let text = fs::read_to_string(self.path()).unwrap();
        let records = text.lines().map(serde_json::from_str);
        records
            .collect::<Result<_, _>>()
            .expect("each line is one JSON object of the schema")
    }
}

/// Serves one client that says `hello` and then `quit`, until the server has closed.
fn serve_one(arguments: &[&str]) -> Server {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch01-blocking"), arguments);
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    client.send(b"quit\n");
    client.expect_last(b"goodbye\n");
    drop(client);
    // The next one is served only after the first was closed: all its events are on record.
    server.client().exchange(b"next\n", b"next\n");
    server
}

/// What has come from standard error, once `expected` is in it: it comes through a pipe.
fn stderr_with(server: &Server, expected: &str) -> String {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let text = server.stderr();
        if text.contains(expected) {
            return text;
        }
        assert!(Instant::now() < deadline, "no {expected} in:\n{text}");
        thread::yield_now();
    }
}

#[test]
fn a_recording_tells_the_run_in_order() {
    let recording = Recording::new();
    let path = recording.path();
    let _server = serve_one(&["--trace-json", &path]);
    let records = recording.read();
    let first = records
        .iter()
        .find(|record| record.event == "accept")
        .unwrap();
    let told: Vec<_> = records
        .iter()
        .skip_while(|record| record.event != "accept")
        .take_while(|record| record.event != "accept" || record == &first)
        .filter(|record| record.fd == first.fd)
        .map(|record| match (&record.data, record.more.get("call")) {
            (Some(data), _) => format!("{} {data}", record.event),
            (None, Some(call)) => format!("{} {}", record.event, call.as_str().unwrap()),
            (None, None) => record.event.clone(),
        })
        .collect();
    assert_eq!(
        told,
        [
            "accept",
            "wait read",
            r"read hello\n",
            "wait write",
            r"write hello\n",
            "wait read",
            r"read quit\n",
            "wait write",
            r"write goodbye\n",
            "shutdown",
            "wait read",
            "eof",
            "close",
        ]
    );
}

#[test]
fn every_recorded_kind_is_one_of_the_schema() {
    let recording = Recording::new();
    let path = recording.path();
    let _server = serve_one(&["--threads", "--trace-json", &path]);
    for record in recording.read() {
        let known = KINDS.iter().any(|(kind, _)| *kind == record.event);
        assert!(known, "{} is not in KINDS", record.event);
    }
}

#[test]
fn a_trace_goes_to_standard_error_and_leaves_standard_output_alone() {
    let server = serve_one(&["--trace"]);
    assert_eq!(server.stdout().lines().count(), 1, "{}", server.stdout());
    assert!(server.stdout().starts_with("listening on 127.0.0.1:"));
    let trace = stderr_with(&server, r#"6 B  "hello\n""#);
    assert!(!trace.contains('\u{1b}'), "colours in a pipe: {trace}");
}

#[test]
fn a_server_that_does_not_trace_is_silent() {
    let server = serve_one(&[]);
    assert_eq!(server.stderr(), "");
}
