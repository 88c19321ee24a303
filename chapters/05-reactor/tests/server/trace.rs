//! What the trace tells of a turn, and so how many system calls an answer costs.

use std::fs;
use std::path::Path;

use harness::{Directory, Signal};
use workbench::trace::{KINDS, Record};

use crate::start;

/// The events in the file at `path`.
pub fn records(path: &Path) -> Vec<Record> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Sends `bytes` in one go, expects them back, and returns the run's events from the first read of
/// them to the end.
fn trace_of(bytes: &[u8]) -> Vec<Record> {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.join("trace.json");
    let server = start(&["--trace-json", path.to_str().unwrap()]);
    let mut client = server.client();
    client.exchange(bytes, bytes);
    client.exchange(bytes, bytes);
    drop(client);
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(0));
    records(&path)
}

fn told(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| record.event.as_str()).collect()
}

#[test]
fn an_answer_costs_one_wait_one_read_and_one_write() {
    let records = trace_of(b"hello\n");
    let accepted = records
        .iter()
        .position(|record| record.event == "accept")
        .unwrap();
    let second = ["wait", "wake", "ready", "read", "write"];
    let told = told(&records[accepted..]);
    assert!(
        told.windows(10)
            .any(|turns| turns[..5] == second && turns[5..] == second),
        "{told:?}"
    );
}

#[test]
fn sixteen_lines_are_answered_by_one_write() {
    let records = trace_of(&b"one of sixteen lines\n".repeat(16));
    let reads = records
        .iter()
        .filter(|record| record.event == "read")
        .count();
    let writes = records
        .iter()
        .filter(|record| record.event == "write")
        .count();
    assert_eq!((reads, writes), (2, 2), "{:?}", told(&records));
}

#[test]
fn every_event_is_of_a_known_kind() {
    let records = trace_of(b"hello\n");
    let told = told(&records);
    for kind in &told {
        assert!(KINDS.iter().any(|(name, _)| name == kind), "{kind}");
    }
    for kind in [
        "listen", "register", "accept", "eof", "close", "signal", "stop",
    ] {
        assert!(told.contains(&kind), "no {kind}: {told:?}");
    }
}

/// Whoever counts what was read, counts what was taken in: this wasn't.
#[test]
fn what_comes_behind_the_end_is_told_as_discarded() {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.join("trace.json");
    let server = start(&["--trace-json", path.to_str().unwrap()]);
    let mut client = server.client();
    client.send(b"quit\n");
    client.expect(b"goodbye\n");
    client.expect_end();
    client.send(b"too late\n");
    client.wait_until_read();
    drop(client);
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(0));
    let records = records(&path);
    let bytes = |kind: &str| {
        let records = records.iter().filter(|record| record.event == kind);
        records.filter_map(|record| record.bytes).sum::<u64>()
    };
    assert_eq!((bytes("read"), bytes("discard")), (5, 9), "{records:?}");
}

#[test]
fn a_trace_that_nobody_reads_holds_up_no_client_and_not_the_end() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::{Command, Stdio};

    let mut command = Command::new(env!("CARGO_BIN_EXE_ch05-reactor"));
    let command = command.args(["--port", "0", "--trace"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = command.spawn().unwrap();
    let mut stdout = BufReader::new(server.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on ").unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(harness::DEADLINE)).unwrap();
    // Far more than a pipe and the queue take.
    for _ in 0..6000 {
        client.write_all(b"hello\n").unwrap();
        client.read_exact(&mut [0; 6]).expect("it is answered");
    }
    let process = nix::unistd::Pid::from_raw(i32::try_from(server.id()).unwrap());
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGTERM).unwrap();
    drop(client);
    assert_eq!(server.wait().unwrap().code(), Some(0));
    let mut text = Vec::new();
    server
        .stderr
        .take()
        .unwrap()
        .read_to_end(&mut text)
        .unwrap();
    assert!(text.len() >= 4096, "a pipe full of it was written");
}
