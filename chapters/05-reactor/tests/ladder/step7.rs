//! Wake-ups, signals, stop.

use std::time::Duration;

use harness::Signal;

const NAME: &str = "step7_stop";

crate::all_suites!("step7_stop");

/// The lines that it has read are answered, although their client reads only now.
#[test]
fn a_server_that_is_told_to_stop_answers_first() {
    let server = crate::start(NAME, &[]);
    let mut idle = server.client();
    idle.exchange(b"hello\n", b"hello\n");
    let mut late = server.client();
    let lines = b"a line\n".repeat(4 << 20);
    late.flood(&lines);
    server.signal(Signal::SIGTERM);
    idle.expect_end();
    let answer = late.read_to_end();
    assert!(answer.ends_with(b"\n") && lines.starts_with(&answer));
    assert!(answer.len() > 256 * 1024, "{} bytes", answer.len());
    drop((late, idle));
    assert_eq!(server.wait().code(), Some(0));
}

/// At the deadline, what is left is cut.
#[test]
fn a_client_that_does_not_read_can_not_hold_the_server() {
    let server = crate::start(NAME, &["--grace", "1"]);
    let mut slow = server.slow_client();
    slow.flood(&b"a line\n".repeat(4 << 20));
    server.signal(Signal::SIGINT);
    assert_eq!(server.wait().code(), Some(0));
}

/// Here it is a thread that sleeps. While a slow reader is waited for, the loop sleeps, too.
#[test]
fn another_thread_can_stop_the_loop() {
    let server = crate::start(NAME, &["--lifetime", "1", "--grace", "60"]);
    let mut client = server.client();
    client.exchange(b"hello\n", b"hello\n");
    let mut slow = server.slow_client();
    slow.flood(&b"a line\n".repeat(4 << 20));
    client.expect_end();
    drop(client);
    server.expect_sleep(Duration::from_secs(1));
    slow.reset();
    assert_eq!(server.wait().code(), Some(0));
}
