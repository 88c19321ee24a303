//! Clients that take more than their share: they send without a pause, or never read.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use harness::{Client, Signal};

use crate::{BOTH, start};

/// Sends and reads without a pause until `enough`, then leaves.
fn flood(client: &Client, enough: &AtomicBool) {
    let (mut writer, mut reader) = (client.stream(), client.stream());
    thread::scope(|scope| {
        scope.spawn(move || {
            let lines = b"more and more and more\n".repeat(10_000);
            while !enough.load(Ordering::Relaxed) && writer.write_all(&lines).is_ok() {}
            let _ = writer.shutdown(Shutdown::Write);
        });
        let mut answers = vec![0; 1 << 20];
        while reader.read(&mut answers).is_ok_and(|count| count > 0) {}
    });
}

/// Ends the floods even where an expectation fails.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0();
    }
}

#[test]
fn a_modest_client_is_answered_beside_floods() {
    for runtime in BOTH {
        let server = start(runtime, &[]);
        let enough = AtomicBool::new(false);
        let floods = server.clients(4);
        let mut modest = server.client();
        thread::scope(|scope| {
            for client in &floods {
                scope.spawn(|| flood(client, &enough));
            }
            let _ended = OnDrop(|| enough.store(true, Ordering::Relaxed));
            for _ in 0..50 {
                modest.exchange(b"a word, please\n", b"a word, please\n");
            }
        });
    }
}

#[test]
fn a_flood_hears_of_the_stop() {
    for runtime in BOTH {
        let server = start(runtime, &["--grace", "60"]);
        let client = server.client();
        let (mut writer, mut reader) = (client.stream(), client.stream());
        thread::scope(|scope| {
            scope.spawn(move || {
                let lines = b"more and more and more\n".repeat(10_000);
                while writer.write_all(&lines).is_ok() {}
            });
            let mut answers = vec![0; 1 << 20];
            reader.read_exact(&mut answers).unwrap(); // in full swing
            server.signal(Signal::SIGTERM);
            // Our input never ends; theirs must, though there is always more to read.
            let ended = loop {
                match reader.read(&mut answers) {
                    Ok(0) => break Ok(()),
                    Ok(_) => {}
                    Err(error) => break Err(error),
                }
            };
            reader.shutdown(Shutdown::Both).unwrap();
            ended.unwrap();
        });
        assert_eq!(server.wait().code(), Some(0), "{runtime}");
    }
}
