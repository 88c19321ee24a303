//! What a loop leaves undone, and what that does to the next wait (claim C226, bugs B37, B45).

use std::io::{Read, Write};
use std::net::TcpStream;

use harness::experiment::{FEW_DESCRIPTORS, alone, listener, until_unread};
use nix::errno::Errno;
use nix::sys::epoll::EpollFlags;

use harness::experiment::{Watcher, nonblocking_pair, report};

const EDGE: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLET);

/// Edge-triggered, with one read of 3 of 6 bytes.
fn half_read() -> (TcpStream, TcpStream, Watcher) {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EDGE);
    client.write_all(b"sixsix").unwrap();
    until_unread(&server, 6);
    assert_eq!(watcher.next(), report(7, "IN"));
    server.read_exact(&mut [0; 3]).unwrap();
    (client, server, watcher)
}

#[test]
fn c226_what_one_read_leaves_is_not_reported() {
    let (_client, _server, watcher) = half_read();
    assert_eq!(watcher.now(), []);
}

#[test]
fn c226_each_modify_has_it_reported_after_all() {
    let (_client, server, watcher) = half_read();
    watcher.modify(&server, 7, EDGE);
    assert_eq!(watcher.now(), report(7, "IN"));
}

#[test]
fn b37_without_descriptors_a_listener_ends_every_wait() {
    alone(&FEW_DESCRIPTORS, || {
        let listener = listener(8);
        listener.set_nonblocking(true).unwrap();
        let watcher = Watcher::new();
        watcher.add(&listener, 7, EpollFlags::EPOLLIN);
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut others = Vec::new();
        while let Ok(copy) = listener.try_clone() {
            others.push(copy); // until none is left
        }
        for _ in 0..1000 {
            assert_eq!(watcher.next(), report(7, "IN"));
            let error = listener.accept().unwrap_err();
            assert_eq!(error.raw_os_error(), Some(Errno::EMFILE as i32));
        }
        watcher.modify(&listener, 7, EpollFlags::empty());
        assert_eq!(watcher.now(), [], "at rest");
    });
}

#[test]
fn b45_who_looks_for_in_and_out_alone_spins_on_hup() {
    let (reader, writer) = std::io::pipe().unwrap();
    let watcher = Watcher::new();
    watcher.add(&reader, 7, EpollFlags::EPOLLIN);
    drop(writer);
    for _ in 0..1000 {
        assert_eq!(watcher.now(), report(7, "HUP"));
    }
}
