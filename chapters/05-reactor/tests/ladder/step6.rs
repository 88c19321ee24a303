//! Timers.

use std::thread;
use std::time::{Duration, Instant};

const NAME: &str = "step6_timers";

/// A second of lingering, and time for a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);

crate::all_suites!("step6_timers");

/// The linger deadline ends it.
#[test]
fn a_peer_that_never_closes_keeps_its_descriptor_for_a_second_only() {
    let server = crate::start(NAME, &[]);
    let mut first = server.client();
    first.exchange(b"hello\n", b"hello\n"); // it listens before it has all its descriptors
    let before = server.descriptors();
    let mut client = server.client();
    client.send(b"quit\n");
    client.expect_last(b"goodbye\n");
    let deadline = Instant::now() + PATIENCE;
    while server.descriptors() > before {
        assert!(Instant::now() < deadline, "it is still open");
        thread::sleep(Duration::from_millis(10));
    }
    drop(client);
}

/// Each line pushes the deadline back.
#[test]
fn only_a_silent_client_is_closed() {
    let server = crate::start(NAME, &["--idle", "1"]);
    let mut silent = server.client();
    let mut talker = server.client();
    let start = Instant::now();
    let mut last = start;
    while start.elapsed() < Duration::from_millis(1500) {
        talker.exchange(b"hello\n", b"hello\n");
        thread::sleep(Duration::from_millis(100));
        if last.elapsed() > Duration::from_millis(700) {
            return; // on a machine as busy as this, the talker was silent, too
        }
        last = Instant::now();
    }
    talker.exchange(b"still here\n", b"still here\n");
    silent.expect_end();
}
