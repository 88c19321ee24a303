//! What a read returns, and when (claims C104 to C106, C126, C228).

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::mem::MaybeUninit;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use harness::experiment::{entry, pair, reset, uninterrupted, until, until_state, until_unread};
use nix::sys::socket::MsgFlags;
use socket2::SockRef;

#[test]
fn c104_a_blocking_read_returns_what_is_there() {
    let (mut client, mut server) = pair();
    client.write_all(b"hello").unwrap();
    assert_eq!(server.read(&mut [0; 10]).unwrap(), 5);
}

/// What one call with `MSG_WAITALL` returns for a line that comes in two halves.
fn two_halves() -> usize {
    let (mut client, server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    client.set_nodelay(true).unwrap(); // the second half goes at once
    client.write_all(b"hello").unwrap();
    let reader = thread::spawn(move || {
        let mut buffer = [MaybeUninit::uninit(); 10];
        let all = MsgFlags::MSG_WAITALL.bits();
        let received = SockRef::from(&server).recv_with_flags(&mut buffer, all);
        (received.unwrap(), server) // still open
    });
    while entry(there, here).unwrap().unread > 0 {
        thread::yield_now(); // until the call has taken the first half
    }
    client.write_all(b"world").unwrap();
    reader.join().unwrap().0
}

/// A stop of the machine cuts the call short, as a signal does (`recv(2)`): then once more.
#[test]
fn c104_only_msg_waitall_waits_for_the_rest() {
    until("one call has returned both halves", || two_halves() == 10);
}

#[test]
fn c105_without_bytes_a_nonblocking_read_fails_and_0_means_the_end() {
    let (mut client, mut server) = pair();
    let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    server.set_nonblocking(true).unwrap();
    assert_eq!(
        server.read(&mut [0; 10]).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    client.write_all(b"hello").unwrap();
    until_unread(&server, 5);
    assert_eq!(server.read(&mut [0; 10]).unwrap(), 5);
    drop(client);
    until_state(there, here, "CLOSE_WAIT");
    assert_eq!(server.read(&mut [0; 10]).unwrap(), 0);
}

#[test]
fn c106_a_blocking_read_gives_up_only_if_told_to() {
    let (_client, mut server) = pair();
    assert_eq!(server.read_timeout().unwrap(), None);
    let limit = Duration::from_millis(20);
    server.set_read_timeout(Some(limit)).unwrap();
    let began = Instant::now();
    assert_eq!(
        uninterrupted(|| server.read(&mut [0])).unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    assert!(began.elapsed() >= limit);
}

#[test]
fn c126_a_close_reads_as_0_and_a_reset_as_an_error() {
    let (client, mut server) = pair();
    drop(client);
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    assert_eq!(server.read(&mut [0]).unwrap(), 0, "again and again");

    let (client, mut server) = pair();
    reset(client);
    assert_eq!(
        server.read(&mut [0]).unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );
}

#[test]
fn c228_a_blocking_call_suspends_its_own_thread_only() {
    let (mut client, mut server) = pair();
    let (told, thread_path) = mpsc::channel();
    let reader = thread::spawn(move || {
        told.send(fs::read_link("/proc/thread-self").unwrap())
            .unwrap();
        server.read(&mut [0]).unwrap()
    });
    let stat = std::path::Path::new("/proc")
        .join(thread_path.recv().unwrap())
        .join("stat");
    let sleeps = || fs::read_to_string(&stat).unwrap().contains(") S ");
    while !sleeps() {
        thread::yield_now(); // this thread runs meanwhile
    }
    client.write_all(b"x").unwrap();
    assert_eq!(reader.join().unwrap(), 1);
}
