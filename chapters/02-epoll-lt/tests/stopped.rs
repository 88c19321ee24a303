//! A server that is stopped for a while (Ctrl-Z, a debugger) and goes on.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use harness::{DEADLINE, Server, Signal};

/// Stops the server, waits until all its threads stand still, and lets it go on.
fn stop_for_a_while(server: &Server) {
    server.signal(Signal::SIGSTOP);
    let deadline = Instant::now() + DEADLINE;
    while !all_threads_stand_still(server).unwrap_or(false) {
        assert!(Instant::now() < deadline, "the server doesn't stop");
        thread::yield_now();
    }
    server.signal(Signal::SIGCONT);
}

fn all_threads_stand_still(server: &Server) -> Option<bool> {
    for thread in fs::read_dir(format!("/proc/{}/task", server.pid())).ok()? {
        let stat = fs::read_to_string(thread.ok()?.path().join("stat")).ok()?;
        // The state follows the name in parentheses; T is stopped (proc_pid_stat(5)).
        if !stat.rsplit(')').next()?.starts_with(" T") {
            return Some(false);
        }
    }
    Some(true)
}

/// `epoll_wait` fails with EINTR after a stop, even without a signal handler (signal(7)); `select`
/// and `poll` don't on Linux, but POSIX allows it.
#[test]
fn a_server_that_was_stopped_goes_on() {
    for way in ["select", "poll", "epoll"] {
        let server = Server::spawn(env!("CARGO_BIN_EXE_ch02-epoll-lt"), &["--wait", way]);
        let mut client = server.client();
        client.exchange(b"before\n", b"before\n");
        client.expect_silence(Duration::from_millis(100)); // until it sleeps in its wait
        stop_for_a_while(&server);
        client.exchange(b"after\n", b"after\n");
    }
}
