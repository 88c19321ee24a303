//! What EPOLLONESHOT disarms, and what re-arms it (claims C011, C028, C036).

use std::io::{Read, Write};
use std::thread;

use harness::experiment::{Watcher, nonblocking_pair, report, reset};
use nix::errno::Errno;
use nix::sys::epoll::{EpollEvent, EpollFlags};

const ONESHOT: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLONESHOT);

#[test]
fn c011_a_disarmed_socket_is_still_registered_and_modify_re_arms_it() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, ONESHOT);
    client.write_all(b"x").unwrap();
    assert_eq!(watcher.next(), report(7, "IN"));
    let again = watcher.0.add(&server, EpollEvent::new(ONESHOT, 7));
    assert_eq!(again, Err(Errno::EEXIST));
    watcher.modify(&server, 7, ONESHOT);
    assert_eq!(watcher.now(), report(7, "IN"));
}

/// How many reports and calls of `epoll_ctl` 100 messages need, if each is read before the next.
fn cost(flags: EpollFlags) -> (usize, usize) {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, flags);
    let (mut reports, mut changes) = (0, 0);
    for _ in 0..100 {
        client.write_all(b"x").unwrap();
        reports += watcher.next().len();
        assert_eq!(server.read(&mut [0; 16]).unwrap(), 1);
        if flags.contains(EpollFlags::EPOLLONESHOT) {
            watcher.modify(&server, 7, flags);
            changes += 1;
        }
    }
    (reports, changes)
}

#[test]
fn c028_one_thread_gets_as_many_reports_and_pays_a_call_for_each() {
    assert_eq!(cost(EpollFlags::EPOLLIN), (100, 0));
    assert_eq!(cost(ONESHOT), (100, 100));
}

#[test]
fn c028_what_comes_while_it_is_disarmed_is_one_report() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, ONESHOT);
    client.write_all(b"a").unwrap();
    assert_eq!(watcher.next(), report(7, "IN"));
    client.write_all(b"bc").unwrap();
    while server.peek(&mut [0; 3]).is_ok_and(|there| there < 3) {}
    assert_eq!(watcher.now(), []);
    watcher.modify(&server, 7, ONESHOT);
    assert_eq!(watcher.now(), report(7, "IN"));
    assert_eq!(watcher.now(), []);
}

#[test]
fn c036_no_other_thread_hears_of_a_disarmed_socket() {
    let (mut client, server) = nonblocking_pair();
    let (mut other, also) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, ONESHOT);
    watcher.add(&also, 8, ONESHOT);
    client.write_all(b"one").unwrap();
    assert_eq!(watcher.next(), report(7, "IN"));
    client.write_all(b"two").unwrap();
    while server.peek(&mut [0; 6]).is_ok_and(|there| there < 6) {}
    thread::scope(|scope| {
        let second = scope.spawn(|| watcher.next());
        other.write_all(b"x").unwrap();
        // The first socket's new bytes were there before, and are not mentioned.
        assert_eq!(second.join().unwrap(), report(8, "IN"));
    });
    watcher.modify(&server, 7, ONESHOT);
    assert_eq!(watcher.now(), report(7, "IN"));
}

#[test]
fn c036_even_a_reset_waits_until_it_is_armed_again() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, ONESHOT);
    client.write_all(b"x").unwrap();
    assert_eq!(watcher.next(), report(7, "IN"));
    reset(client);
    while server.take_error().unwrap().is_none() {} // until it has come
    assert_eq!(watcher.now(), []);
    watcher.modify(&server, 7, EpollFlags::empty());
    let reported = watcher.now();
    assert_eq!(reported, report(7, "HUP"), "unasked; the error was taken");
}
