//! epoll's three calls (claims C001, C003, C004, C013, C023, C121, C129, C235, bugs B13, B16).

use std::fs;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, IntoRawFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use harness::experiment::{
    Watcher, alone, alone_while, nonblocking_pair, report, stop_and_go, until, until_asleep,
};
use nix::errno::Errno;
use nix::sys::epoll::{EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::unistd::close;

const IN: EpollFlags = EpollFlags::EPOLLIN;

/// Descriptors that are readable, or not, for as long as nobody reads them.
fn eventfds(count: usize, value: u32) -> Vec<EventFd> {
    let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
    let made = (0..count).map(|_| EventFd::from_value_and_flags(value, flags).unwrap());
    made.collect()
}

#[test]
fn c001_an_epoll_is_a_descriptor_of_an_anonymous_inode() {
    let watcher = Watcher::new();
    let link = format!("/proc/self/fd/{}", watcher.0.0.as_raw_fd());
    let target = fs::read_link(link).unwrap();
    assert_eq!(target.to_str(), Some("anon_inode:[eventpoll]"));
}

#[test]
fn c003_add_wants_a_new_descriptor_and_modify_and_delete_a_known_one() {
    let watcher = Watcher::new();
    let (_client, server) = nonblocking_pair();
    let mut event = EpollEvent::new(IN, 1);
    assert_eq!(watcher.0.modify(&server, &mut event), Err(Errno::ENOENT));
    assert_eq!(watcher.0.delete(&server), Err(Errno::ENOENT));
    watcher.0.add(&server, event).unwrap();
    assert_eq!(watcher.0.add(&server, event), Err(Errno::EEXIST));
    watcher.0.modify(&server, &mut event).unwrap();
    watcher.0.delete(&server).unwrap();
}

#[test]
fn c004_an_event_brings_back_64_bits_that_the_kernel_doesnt_look_at() {
    let watcher = Watcher::new();
    let ready = eventfds(1, 1);
    watcher.add(&ready[0], 0x0123_4567_89ab_cdef, IN);
    assert_eq!(watcher.now(), report(0x0123_4567_89ab_cdef, "IN"));
    if cfg!(target_arch = "x86_64") {
        assert_eq!(
            size_of::<EpollEvent>(),
            12,
            "32 bits of flags and these, packed"
        );
    }
}

#[test]
fn c013_a_wait_ends_with_an_event_or_with_its_time() {
    let watcher = Watcher::new();
    let mut events = [EpollEvent::empty(); 4];
    let began = Instant::now();
    assert_eq!(watcher.wait(&mut events, Duration::from_millis(30)), Ok(0));
    assert!(began.elapsed() >= Duration::from_millis(30));
    let ready = eventfds(1, 1);
    watcher.add(&ready[0], 1, IN);
    assert_eq!(watcher.0.wait(&mut events, EpollTimeout::NONE), Ok(1));
}

/// Stopping a process and letting it go on is a signal without any handler.
#[test]
fn c013_a_signal_ends_a_wait_with_an_error() {
    let wait = || {
        let mut events = [EpollEvent::empty(); 4];
        let ended = Watcher::new().0.wait(&mut events, EpollTimeout::NONE);
        assert_eq!(ended, Err(Errno::EINTR));
    };
    alone_while(&[], wait, |pid| {
        until_asleep(pid);
        stop_and_go(pid);
    });
}

#[test]
fn c121_a_wait_for_20_events_ends_with_the_first() {
    let watcher = Watcher::new();
    let ready = eventfds(1, 1);
    watcher.add(&ready[0], 1, IN);
    let began = Instant::now();
    let mut events = [EpollEvent::empty(); 20];
    assert_eq!(watcher.wait(&mut events, Duration::from_secs(3)), Ok(1));
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[test]
fn c023_what_is_no_longer_ready_is_not_reported() {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, IN);
    client.write_all(b"x").unwrap();
    until("it is there", || server.read(&mut [0]).is_ok());
    assert_eq!(watcher.now(), [], "though it had been on the ready list");
}

#[test]
fn c023_a_short_array_is_filled_in_turn_by_all_that_are_ready() {
    let watcher = Watcher::new();
    let ready = eventfds(300, 1);
    for (descriptor, number) in ready.iter().zip(0..) {
        watcher.add(descriptor, number, IN);
    }
    let mut seen = Vec::new();
    for _ in 0..3 {
        let mut events = [EpollEvent::empty(); 100];
        assert_eq!(watcher.0.wait(&mut events, EpollTimeout::ZERO), Ok(100));
        seen.extend(events.map(|event| event.data()));
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..300).collect::<Vec<_>>());
}

#[test]
fn c129_the_last_close_takes_a_socket_out_of_epoll() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, IN);
    client.write_all(b"x").unwrap();
    assert_eq!(watcher.next(), report(1, "IN"));
    drop(server);
    assert_eq!(watcher.now(), []);
}

#[test]
fn c129_a_copy_keeps_a_closed_descriptor_in_epoll() {
    let (mut client, server) = nonblocking_pair();
    let copy = server.try_clone().unwrap();
    let watcher = Watcher::new();
    watcher.add(&server, 1, IN);
    drop(server);
    client.write_all(b"x").unwrap();
    assert_eq!(
        watcher.next(),
        report(1, "IN"),
        "of a descriptor that is closed"
    );
    let error = watcher.0.delete(&copy).unwrap_err();
    assert_eq!(error, Errno::ENOENT, "the entry goes by the closed number");
    drop(copy);
    assert_eq!(watcher.now(), []);
}

/// 20 places of 12 bytes are 240 bytes. Who says 240 gets as many events as there are, and a C
/// array of 20 is written past its end.
#[test]
fn b13_the_kernel_believes_how_many_events_there_is_room_for() {
    let watcher = Watcher::new();
    let ready = eventfds(30, 1);
    for (descriptor, number) in ready.iter().zip(0..) {
        watcher.add(descriptor, number, IN);
    }
    let mut events = [EpollEvent::empty(); 240];
    assert_eq!(watcher.0.wait(&mut events, EpollTimeout::ZERO), Ok(30));
    assert_eq!(
        watcher.0.wait(&mut events[..20], EpollTimeout::ZERO),
        Ok(20)
    );
}

/// Alone: no other test may take the number.
#[test]
fn b16_a_second_close_fails_or_closes_what_came_in_between() {
    alone(&[], || {
        let (server, _client) = UnixStream::pair().unwrap();
        let number = server.into_raw_fd(); // from here on nobody owns it, as in C
        close(number).unwrap();
        assert_eq!(close(number), Err(Errno::EBADF));

        let (newcomer, mut peer) = UnixStream::pair().unwrap();
        let newcomer = newcomer.into_raw_fd();
        assert_eq!(newcomer, number, "the lowest free number is given again");
        close(number).unwrap(); // for a connection that has ended long ago
        assert_eq!(peer.read(&mut [0]).unwrap(), 0, "the newcomer is closed");
    });
}
