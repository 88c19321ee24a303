//! Interest in room for output (claim C214, bug B35).

use std::io::{Read, Write};
use std::net::TcpStream;

use nix::sys::epoll::EpollFlags;

use crate::setup::{Watcher, pair, report};

fn fill(server: &mut TcpStream) -> usize {
    let mut taken = 0;
    while let Ok(count) = server.write(&[b'x'; 16_384]) {
        taken += count;
    }
    taken
}

#[test]
fn c214_nobody_hears_of_room_who_has_not_asked() {
    let (mut client, mut server) = pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EpollFlags::EPOLLIN);
    let taken = fill(&mut server);
    client.read_exact(&mut vec![0; taken]).unwrap();
    assert_eq!(watcher.now(), []);
    watcher.modify(&server, 7, EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT);
    assert_eq!(watcher.next(), report(7, "OUT"));
}

#[test]
fn b35_interest_in_room_without_output_ends_every_wait() {
    let (_client, server) = pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EpollFlags::EPOLLOUT);
    for _ in 0..1000 {
        assert_eq!(watcher.now(), report(7, "OUT"));
    }
}
