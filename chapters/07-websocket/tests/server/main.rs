//! The program in a process of its own, as its clients see it.

#[path = "../blocking/mod.rs"]
mod blocking;
mod closing;
mod command_line;
mod deflate;
mod handshake;
mod heartbeat;
mod limits;
mod login;
mod messages;
mod news;
mod peers;
mod said;
mod slow_readers;
mod socket;
mod streams;
mod trace;

use std::thread;
use std::time::{Duration, Instant};

use harness::Server;

/// The program, by whatever name it is called, with `options`.
fn start(options: &[&str]) -> Server {
    let options = [&["--host-name", "*"], options].concat();
    Server::spawn(env!("CARGO_BIN_EXE_ch07-websocket"), &options)
}

/// Waits until `so` is true.
#[track_caller]
fn wait_until(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !so() {
        assert!(Instant::now() < deadline, "it never comes true that {what}");
        thread::sleep(Duration::from_millis(1));
    }
}
