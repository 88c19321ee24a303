//! What is an edge (claims C010, C033, C034, C112, C114 to C117).

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use harness::experiment::{
    Watcher, listener, nonblocking_pair, pair, report, uninterrupted, until, until_unread,
};
use nix::sys::epoll::EpollFlags;

const LEVEL: EpollFlags = EpollFlags::EPOLLIN;
const EDGE: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLET);

#[test]
fn c010_one_epoll_watches_one_socket_by_level_and_another_by_edge() {
    let [(mut client, level), (mut other_client, edge)] = [nonblocking_pair(), nonblocking_pair()];
    let watcher = Watcher::new();
    watcher.add(&level, 1, LEVEL);
    watcher.add(&edge, 2, EDGE);
    client.write_all(b"x").unwrap();
    other_client.write_all(b"x").unwrap();
    until_unread(&level, 1);
    until_unread(&edge, 1);
    let mut first = watcher.now();
    first.sort();
    assert_eq!(first, [(1, "IN".into()), (2, "IN".into())]);
    assert_eq!(watcher.now(), report(1, "IN"), "nobody has read either");
}

#[test]
fn c033_what_is_read_late_is_not_lost() {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EDGE);
    client.write_all(b"hello").unwrap();
    until_unread(&server, 5);
    assert_eq!(watcher.now(), report(1, "IN"));
    assert_eq!(watcher.now(), [], "there is no second reminder");
    let mut input = [0; 8];
    assert_eq!(server.read(&mut input).unwrap(), 5);
}

#[test]
fn c034_a_short_read_misses_the_end_that_came_with_the_bytes() {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    client.write_all(b"last words").unwrap();
    drop(client);
    let peek = || server.peek(&mut [0; 16]);
    until("the bytes are there", || {
        peek().is_ok_and(|count| count == 10)
    });
    watcher.add(&server, 1, EDGE | EpollFlags::EPOLLRDHUP);
    until("both came in one edge", || {
        watcher.now() == report(1, "IN|RDHUP")
    });
    assert_eq!(
        server.read(&mut [0; 16]).unwrap(),
        10,
        "shorter than the buffer"
    );
    assert_eq!(watcher.now(), [], "who waits now never hears of the end");
    assert_eq!(server.read(&mut [0; 16]).unwrap(), 0, "who drains does");
}

#[test]
fn c034_a_drain_ends_with_would_block() {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EDGE);
    client.write_all(b"hello").unwrap();
    until_unread(&server, 5);
    assert_eq!(watcher.now(), report(1, "IN"));
    let mut input = [0; 3];
    assert_eq!(server.read(&mut input).unwrap(), 3);
    assert_eq!(server.read(&mut input).unwrap(), 2);
    let error = server.read(&mut input).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    client.write_all(b"x").unwrap();
    assert_eq!(
        watcher.next(),
        report(1, "IN"),
        "from here on, news is told"
    );
}

#[test]
fn c112_epoll_takes_a_blocking_socket_and_the_drain_hangs() {
    let (mut client, mut server) = pair();
    let limit = Duration::from_millis(20); // else it would be for ever
    server.set_read_timeout(Some(limit)).unwrap();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EDGE);
    client.write_all(b"x").unwrap();
    assert_eq!(watcher.next(), report(1, "IN"));
    assert_eq!(server.read(&mut [0; 8]).unwrap(), 1);
    let began = Instant::now();
    uninterrupted(|| server.read(&mut [0; 8])).unwrap_err();
    assert!(began.elapsed() >= limit, "the second read slept");
}

#[test]
fn c114_two_clients_that_come_together_are_one_edge() {
    let listener = listener(64);
    let address = listener.local_addr().unwrap();
    let watcher = Watcher::new();
    watcher.add(&listener, 1, EDGE);
    let _clients = [address, address].map(|to| TcpStream::connect(to).unwrap());
    assert_eq!(watcher.next(), report(1, "IN"));
    assert_eq!(watcher.now(), []);
}

#[test]
fn c117_one_accept_an_edge_is_always_one_client_behind() {
    let listener = listener(64);
    let address = listener.local_addr().unwrap();
    let watcher = Watcher::new();
    watcher.add(&listener, 1, EDGE);
    let clients = [address, address].map(|to| TcpStream::connect(to).unwrap());
    let accepted = || listener.accept().unwrap().1;
    assert_eq!(watcher.next(), report(1, "IN"));
    assert_eq!(accepted(), clients[0].local_addr().unwrap());
    assert_eq!(watcher.now(), [], "the second waits in the queue");
    let third = TcpStream::connect(address).unwrap();
    assert_eq!(watcher.next(), report(1, "IN"));
    assert_eq!(accepted(), clients[1].local_addr().unwrap());
    assert_eq!(watcher.now(), []);
    drop(third);
}

#[test]
fn c116_new_bytes_are_an_edge_even_if_old_ones_are_unread() {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EDGE);
    client.write_all(&[b'x'; 100]).unwrap();
    until_unread(&server, 100);
    assert_eq!(watcher.now(), report(1, "IN"));
    assert_eq!(server.read(&mut [0; 10]).unwrap(), 10);
    assert_eq!(watcher.now(), [], "90 are left");
    client.write_all(b"x").unwrap();
    until_unread(&server, 91);
    assert_eq!(watcher.now(), report(1, "IN"));
}

#[test]
fn c116_what_comes_between_two_waits_is_one_edge() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EDGE);
    client.write_all(b"one").unwrap();
    client.write_all(b"two").unwrap();
    until_unread(&server, 6);
    assert_eq!(watcher.now(), report(1, "IN"));
    assert_eq!(watcher.now(), []);
}

#[test]
fn b21_what_was_there_before_it_was_watched_counts_as_an_edge() {
    let (mut client, server) = nonblocking_pair();
    client.write_all(b"x").unwrap();
    until_unread(&server, 1);
    let watcher = Watcher::new();
    watcher.add(&server, 1, EDGE);
    assert_eq!(watcher.now(), report(1, "IN"));
    assert_eq!(watcher.now(), []);
    watcher.modify(&server, 1, EDGE);
    assert_eq!(watcher.now(), report(1, "IN"), "modify looks anew");
}
