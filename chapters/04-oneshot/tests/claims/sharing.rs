//! Two threads that wait on one epoll (claim C035).

use std::io::{Read, Write};
use std::thread;

use harness::experiment::{Watcher, nonblocking_pair, report};
use nix::sys::epoll::EpollFlags;

#[test]
fn c035_new_bytes_bring_a_second_thread_to_the_same_socket() {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EpollFlags::EPOLLIN | EpollFlags::EPOLLET);
    client.write_all(b"one").unwrap();
    assert_eq!(watcher.next(), report(7, "IN"));
    assert_eq!(server.read(&mut [0; 16]).unwrap(), 3);
    // This thread is still at it, as a worker that composes its answer.
    thread::scope(|scope| {
        let second = scope.spawn(|| watcher.next());
        client.write_all(b"two").unwrap();
        assert_eq!(second.join().unwrap(), report(7, "IN"));
    });
}

#[test]
fn c035_by_level_it_takes_no_new_bytes() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EpollFlags::EPOLLIN);
    client.write_all(b"one").unwrap();
    assert_eq!(watcher.next(), report(7, "IN"));
    // This thread has not got round to its read yet.
    thread::scope(|scope| {
        let second = scope.spawn(|| watcher.next());
        assert_eq!(second.join().unwrap(), report(7, "IN"));
    });
}
