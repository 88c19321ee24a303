//! What level and edge cost in system calls (claim C027).

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use harness::experiment::{Watcher, nonblocking_pair, until_unread};
use nix::sys::epoll::EpollFlags;

#[derive(Clone, Copy)]
enum Reads {
    /// One for each report.
    Once,
    /// Until the call would block.
    UntilWouldBlock,
}

/// How many system calls take in one message: waits and reads, until nothing is left.
fn calls(trigger: EpollFlags, reads: Reads, message: usize, buffer: usize) -> usize {
    let (mut client, mut server): (TcpStream, TcpStream) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLIN | trigger);
    client.write_all(&vec![b'x'; message]).unwrap();
    until_unread(&server, message);
    let mut input = vec![0; buffer];
    let (mut calls, mut taken) = (0, 0);
    while taken < message {
        assert_eq!(watcher.now().len(), 1);
        calls += 1;
        loop {
            calls += 1;
            match server.read(&mut input) {
                Ok(count) => taken += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
            if matches!(reads, Reads::Once) {
                break;
            }
        }
    }
    calls
}

const LEVEL: EpollFlags = EpollFlags::empty();
const EDGE: EpollFlags = EpollFlags::EPOLLET;

#[test]
fn c027_a_short_message_costs_edge_triggering_one_call_more() {
    assert_eq!(calls(LEVEL, Reads::Once, 64, 16_384), 2);
    assert_eq!(calls(EDGE, Reads::UntilWouldBlock, 64, 16_384), 3);
}

#[test]
fn c027_what_saves_waits_is_the_drain_not_the_edge() {
    assert_eq!(calls(LEVEL, Reads::Once, 65_536, 1024), 128);
    assert_eq!(calls(LEVEL, Reads::UntilWouldBlock, 65_536, 1024), 66);
    assert_eq!(calls(EDGE, Reads::UntilWouldBlock, 65_536, 1024), 66);
}
