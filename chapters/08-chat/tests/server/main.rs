//! The program in a process of its own, as its members see it.

mod bytes;
mod command_line;
mod crowd;
mod deflate;
mod endings;
mod hostile;
mod member;
mod pace;
mod page;
mod refusals;
mod silence;
mod slow_readers;
mod streams;
mod talk;

use std::thread;
use std::time::{Duration, Instant};

use harness::Server;

/// Longer than any of these takes.
const DEADLINE: Duration = Duration::from_secs(20);

/// The program, with `options`.
fn start(options: &[&str]) -> Server {
    let options = [&["--web-port", "0", "--host-name", "*"], options].concat();
    Server::spawn(env!("CARGO_BIN_EXE_ch08-chat"), &options).with_deadline(DEADLINE)
}

/// Waits until `so` is true.
#[track_caller]
fn wait_until(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + 3 * DEADLINE;
    while !so() {
        assert!(Instant::now() < deadline, "it never comes true that {what}");
        thread::sleep(Duration::from_millis(1));
    }
}
