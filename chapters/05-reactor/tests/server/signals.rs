//! Going down on a signal.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use harness::experiment::until;
use harness::{Directory, Server, Signal};

use crate::start;
use crate::trace::records;

#[test]
fn sigterm_sigint_and_sighup_end_it_with_exit_code_0() {
    for (signal, loops) in [
        (Signal::SIGTERM, "1"),
        (Signal::SIGINT, "1"),
        (Signal::SIGHUP, "1"),
        (Signal::SIGTERM, "3"),
    ] {
        let server = start(&["--loops", loops]);
        let mut clients = server.clients(10);
        for client in &mut clients {
            client.exchange(b"hello\n", b"hello\n");
        }
        server.signal(signal);
        for client in &mut clients {
            client.expect_end();
        }
        drop(clients);
        assert_eq!(server.wait().code(), Some(0), "{signal}, {loops} loops");
    }
}

#[test]
fn a_server_that_goes_down_sleeps_while_a_slow_reader_drains() {
    let server = start(&["--grace", "60"]);
    let mut client = server.slow_client();
    client.flood(&b"a line\n".repeat(4 << 20));
    server.signal(Signal::SIGTERM);
    server.expect_sleep(Duration::from_secs(1));
}

#[test]
fn a_second_signal_cuts_all_that_the_first_would_wait_for() {
    for loops in ["1", "2"] {
        let server = start(&["--loops", loops, "--grace", "60"]);
        // The kernel deals the connections out, so of eight each loop gets some.
        let mut slow: Vec<_> = (0..8).map(|_| server.slow_client()).collect();
        for client in &mut slow {
            client.flood(&b"a line\n".repeat(1 << 20));
        }
        server.signal(Signal::SIGTERM);
        let mut refused = || TcpStream::connect(server.address()).is_err();
        until("the first has been taken", &mut refused);
        server.wait_until_asleep();
        server.expect_alive();
        server.signal(Signal::SIGINT);
        assert_eq!(server.wait().code(), Some(0), "{loops} loops");
    }
}

#[test]
fn all_loops_stop_at_once_though_each_has_a_slow_reader() {
    let server = start(&["--loops", "2", "--grace", "60"]);
    // The kernel deals the connections out, so of a dozen each loop gets some.
    let mut slow: Vec<_> = (0..12).map(|_| server.slow_client()).collect();
    for client in &mut slow {
        client.flood(&b"a line\n".repeat(1 << 20));
    }
    let mut idle = server.clients(12);
    for client in &mut idle {
        client.exchange(b"hello\n", b"hello\n");
    }
    server.signal(Signal::SIGTERM);
    for client in &mut idle {
        client.expect_end();
    }
    server.expect_alive();
}

#[test]
fn hostile_peers_hold_it_up_until_the_deadline_and_no_longer() {
    let server = start(&["--grace", "1"]);
    let mut never_reads = server.slow_client();
    never_reads.flood(&b"a line\n".repeat(4 << 20));
    let floods = server.client();
    let stream = floods.stream().try_clone().unwrap();
    let flood = thread::spawn(move || while (&stream).write_all(&[b'\n'; 4096]).is_ok() {});
    let reader = floods.stream().try_clone().unwrap();
    thread::spawn(move || std::io::copy(&mut &reader, &mut std::io::sink()));
    let mut half_line = server.client();
    half_line.send(b"half a li");
    half_line.wait_until_read();
    let started = Instant::now();
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(0));
    let took = started.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    flood.join().unwrap();
}

/// 64 bytes.
const LINE: &[u8] = b"a line of sixty-four bytes, to be counted by the batch of them\r\n";

#[test]
fn no_line_that_was_accepted_is_lost() {
    let directory = Directory::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.join("trace.json");
    let server = start(&["--trace-json", path.to_str().unwrap()]);
    let received = AtomicUsize::new(0);
    let answered = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (server, received, answered) = (&server, &received, &answered);
        for depth in [1, 1, 1, 16, 16, 100, 1000] {
            scope.spawn(move || {
                received.fetch_add(talk(server, depth, answered), Ordering::Relaxed);
            });
        }
        // In full swing: all of them have had several answers.
        while answered.load(Ordering::Relaxed) < 200 {
            thread::yield_now();
        }
        server.signal(Signal::SIGTERM);
    });
    assert_eq!(server.wait().code(), Some(0));
    let records = records(&path);
    let mut read = std::collections::BTreeMap::new();
    for record in records.iter().filter(|record| record.event == "read") {
        *read.entry(record.fd).or_insert(0) += record.bytes.unwrap();
    }
    assert_eq!(read.len(), 7, "a descriptor for each client");
    let accepted: u64 = read.values().map(|bytes| bytes / LINE.len() as u64).sum();
    assert!(accepted > 200);
    let received = received.load(Ordering::Relaxed) as u64;
    assert_eq!(
        received,
        accepted * LINE.len() as u64,
        "bytes of {accepted} lines"
    );
}

/// Sends `depth` lines at a time, and reads the answers, until the server closes. Returns how many
/// bytes came back.
fn talk(server: &Server, depth: usize, answered: &AtomicUsize) -> usize {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(harness::DEADLINE)).unwrap();
    let batch = LINE.repeat(depth);
    let mut buffer = vec![0; batch.len()];
    let mut received = 0;
    loop {
        let sent = stream.write_all(&batch);
        let mut left = batch.len();
        while left > 0 {
            match stream.read(&mut buffer[..left]) {
                Ok(0) => {
                    let _ = stream.shutdown(Shutdown::Both);
                    return received;
                }
                Ok(count) => {
                    received += count;
                    left -= count;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("after {received} bytes: {error} (sent: {sent:?})"),
            }
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
}

/// `nohup` ignores SIGHUP, and a shell without job control SIGINT for what it starts in the background.
#[test]
fn what_was_ignored_at_the_start_stays_so() {
    let ignoring = "trap '' HUP INT && exec \"$0\" \"$@\"";
    let program = env!("CARGO_BIN_EXE_ch05-reactor");
    let server = Server::spawn("sh", &["-c", ignoring, program]);
    server.client().exchange(b"hello\n", b"hello\n");
    for signal in [Signal::SIGHUP, Signal::SIGINT] {
        server.signal(signal);
        server.client().exchange(b"still here\n", b"still here\n");
    }
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(0));
}
