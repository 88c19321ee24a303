//! Level-triggered (claims C032, C118 and C119).

use std::io::{Read, Write};
use std::net::TcpStream;

use harness::experiment::{Watcher, listener, nonblocking_pair, report, until_unread};
use nix::sys::epoll::EpollFlags;

#[test]
fn c032_unread_bytes_are_reported_until_they_are_read() {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLIN);
    client.write_all(b"hello").unwrap();
    until_unread(&server, 5);
    for _ in 0..5 {
        assert_eq!(watcher.now(), report(1, "IN"));
        assert_eq!(server.read(&mut [0]).unwrap(), 1);
    }
    assert_eq!(watcher.now(), []);
}

#[test]
fn c119_a_client_that_nobody_accepts_is_reported_again_and_again() {
    let listener = listener(64); // a blocking one: level-triggered epoll takes both
    let watcher = Watcher::new();
    watcher.add(&listener, 1, EpollFlags::EPOLLIN);
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert_eq!(watcher.next(), report(1, "IN"));
    for _ in 0..3 {
        assert_eq!(watcher.now(), report(1, "IN"));
    }
    listener.accept().unwrap();
    assert_eq!(watcher.now(), []);
}

#[test]
fn c118_level_is_what_is_left_without_the_flag_for_edges() {
    assert_eq!(EpollFlags::from_name("EPOLLLT"), None);
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLIN | EpollFlags::EPOLLET);
    client.write_all(b"x").unwrap();
    assert_eq!(watcher.next(), report(1, "IN"));
    assert_eq!(watcher.now(), [], "by edge");
    watcher.modify(&server, 1, EpollFlags::EPOLLIN);
    for _ in 0..3 {
        assert_eq!(watcher.now(), report(1, "IN"), "by level");
    }
}
