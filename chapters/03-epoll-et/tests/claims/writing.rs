//! Writing without sleeping (claim C128, bug B22).

use std::io::{ErrorKind, Read, Write};
use std::sync::mpsc;
use std::thread;

use harness::experiment::{Watcher, fill, nonblocking_pair, pair, report};
use nix::sys::epoll::EpollFlags;

const EDGE_OUT: EpollFlags = EpollFlags::EPOLLOUT.union(EpollFlags::EPOLLET);

#[test]
fn c128_a_nonblocking_write_takes_what_there_is_room_for() {
    let (_client, mut server) = nonblocking_pair();
    let all = vec![0; 64 * 1024 * 1024];
    let taken = server.write(&all).unwrap();
    assert!(0 < taken && taken < all.len(), "{taken}");
    let _more = fill(&server); // the peer's side takes its share a moment later
    let error = server.write(&all).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
}

#[test]
fn c128_the_edge_of_room_comes_once_the_peer_has_read() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EDGE_OUT);
    assert_eq!(
        watcher.now(),
        report(1, "OUT"),
        "there is room at the start"
    );
    let written = fill(&server);
    assert_eq!(watcher.now(), []);
    client.read_exact(&mut vec![0; written]).unwrap();
    assert_eq!(watcher.next(), report(1, "OUT"));
}

/// Between the write that found no room and the interest in room, room may come: it is not missed.
#[test]
fn c128_room_that_came_before_it_was_asked_for_is_reported() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLIN | EpollFlags::EPOLLET);
    let written = fill(&server);
    client.read_exact(&mut vec![0; written]).unwrap();
    watcher.modify(&server, 1, EDGE_OUT);
    assert_eq!(watcher.next(), report(1, "OUT"));
}

#[test]
fn b22_a_blocking_write_sleeps_until_the_peer_reads() {
    let (mut client, mut server) = pair();
    let all = vec![0; 64 * 1024 * 1024]; // more than both ends have room for
    let mut received = vec![0; all.len()];
    let (told, returned) = mpsc::channel();
    let writer = thread::spawn(move || {
        server.write_all(&all).unwrap();
        told.send(()).unwrap();
    });
    thread::sleep(std::time::Duration::from_millis(50));
    assert!(returned.try_recv().is_err(), "it serves nobody meanwhile");
    client.read_exact(&mut received).unwrap();
    returned.recv().unwrap();
    writer.join().unwrap();
}
