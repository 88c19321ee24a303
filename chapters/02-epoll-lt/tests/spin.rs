//! A loop that never waits: it answers, and uses a processor for nothing.

use std::time::Duration;

use harness::Server;

const STRETCH: Duration = Duration::from_secs(1);

#[test]
fn spinning_uses_a_processor_while_nothing_happens() {
    let server = Server::spawn(env!("CARGO_BIN_EXE_ch02-epoll-lt"), &["--wait", "spin"]);
    let used = server.cpu_over(STRETCH);
    // All of one, if nobody else wants it. The ways that wait stay below a twentieth (`tests/echo.rs`).
    assert!(used > STRETCH / 5, "only {used:?} in {STRETCH:?}");
}
