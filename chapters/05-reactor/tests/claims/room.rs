//! Interest in room for output (claim C214, bug B35).

use std::io::Read;

use harness::experiment::{Watcher, fill, nonblocking_pair, report};
use nix::sys::epoll::EpollFlags;

#[test]
fn c214_nobody_hears_of_room_who_has_not_asked() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EpollFlags::EPOLLIN);
    let taken = fill(&server);
    client.read_exact(&mut vec![0; taken]).unwrap();
    assert_eq!(watcher.now(), []);
    watcher.modify(&server, 7, EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT);
    assert_eq!(watcher.next(), report(7, "OUT"));
}

#[test]
fn b35_interest_in_room_without_output_ends_every_wait() {
    let (_client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EpollFlags::EPOLLOUT);
    for _ in 0..1000 {
        assert_eq!(watcher.now(), report(7, "OUT"));
    }
}
