//! What an answer leaves behind: nothing.

use std::fs;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use harness::Server;

/// The processes with `mark` in their command line.
fn marked(mark: &str) -> usize {
    let processes = fs::read_dir("/proc").expect("a list of processes");
    processes
        .filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok())
        .filter(|words| {
            words
                .split(|byte| *byte == 0)
                .any(|word| word == mark.as_bytes())
        })
        .count()
}

#[track_caller]
fn until_marked(mark: &str, number: usize) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while marked(mark) != number {
        assert!(Instant::now() < deadline, "{} of {number}", marked(mark));
        thread::sleep(Duration::from_millis(5));
    }
}

/// A number of seconds that no other test sleeps for: test and answer both know the port.
fn mark(address: SocketAddr) -> String {
    (100_000 + u32::from(address.port())).to_string()
}

/// Starts a sleep of `mark` seconds in a session of its own, whose parent ends at once.
fn start_far_away(mark: &str) {
    let started = Command::new("sh")
        .args(["-c", "setsid sleep \"$0\" &", mark])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(started.is_ok_and(|status| status.success()), "no sh");
}

#[test]
fn what_an_answer_has_started_ends_with_it() {
    let server = Server::answer(|listener| {
        start_far_away(&mark(listener.local_addr().expect("an address")));
        thread::sleep(Duration::from_mins(1));
    });
    let mark = mark(server.address());
    until_marked(&mark, 1);
    drop(server);
    until_marked(&mark, 0);
}

#[test]
fn what_an_ended_answer_has_started_ends_too() {
    let server = Server::answer(|listener| {
        start_far_away(&mark(listener.local_addr().expect("an address")));
    });
    let mark = mark(server.address());
    let _ = server.wait();
    drop(server);
    until_marked(&mark, 0);
}

#[test]
fn memory_without_end_is_refused_with_a_word() {
    let failed = catch_unwind(AssertUnwindSafe(|| {
        harness::call(|| {
            let mut all: Vec<Vec<u8>> = Vec::new();
            while all.len() < 1_000 {
                all.push(vec![0; 64 << 20]);
            }
        });
    }));
    let text = failed
        .expect_err("it should have failed")
        .downcast::<String>();
    let text = text.map_or_else(|_| "no text".to_owned(), |text| *text);
    for part in [
        "killed by SIGABRT",
        "memory allocation of 67108864 bytes failed",
        "1024 MiB of memory",
    ] {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}
