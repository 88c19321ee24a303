//! What an event says of a socket (claims C005 to C009 and C120).

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;

use harness::experiment::{Watcher, fill, listener, nonblocking_pair, report, reset, until};
use nix::sys::epoll::EpollFlags;
use socket2::{Domain, SockRef, Socket, Type};

const ALL: EpollFlags = EpollFlags::EPOLLIN
    .union(EpollFlags::EPOLLOUT)
    .union(EpollFlags::EPOLLRDHUP)
    .union(EpollFlags::EPOLLPRI);

/// Waits until this is what is reported.
fn until_reported(watcher: &Watcher, flags: &str) {
    until(&format!("{flags}, not {:?}", watcher.now()), || {
        watcher.now() == report(1, flags)
    });
}

#[test]
fn c005_a_close_is_readable_and_reads_as_0() {
    let (client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLIN);
    drop(client);
    assert_eq!(watcher.next(), report(1, "IN"));
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
}

#[test]
fn c005_rdhup_tells_the_end_from_bytes_if_it_is_asked_for() {
    let (mut client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLIN | EpollFlags::EPOLLRDHUP);
    client.write_all(b"x").unwrap();
    assert_eq!(watcher.next(), report(1, "IN"));
    drop(client);
    until_reported(&watcher, "IN|RDHUP");
}

#[test]
fn c006_a_socket_without_output_is_always_writable() {
    let (_client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLOUT);
    for _ in 0..3 {
        assert_eq!(watcher.now(), report(1, "OUT"));
    }
}

#[test]
fn c006_a_full_socket_is_writable_again_only_when_much_was_read() {
    let (mut client, server) = nonblocking_pair();
    let written = fill(&server);
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLOUT);
    client.read_exact(&mut [0]).unwrap();
    assert_eq!(watcher.now(), [], "one byte is not enough");
    client.read_exact(&mut vec![0; written - 1]).unwrap();
    assert_eq!(watcher.next(), report(1, "OUT"));
}

#[test]
fn c007_urgent_data_is_reported_as_pri() {
    let (client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::EPOLLPRI);
    SockRef::from(&client).send_out_of_band(b"!").unwrap();
    assert_eq!(watcher.next(), report(1, "PRI"));
}

#[test]
fn c008_a_reset_is_reported_even_to_who_asked_for_nothing() {
    let (client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, EpollFlags::empty());
    reset(client);
    assert_eq!(watcher.next(), report(1, "ERR|HUP"));
}

#[test]
fn c008_after_a_reset_a_read_tells_the_error() {
    let (client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, ALL);
    reset(client);
    assert_eq!(watcher.next(), report(1, "IN|OUT|ERR|HUP|RDHUP"));
    let error = server.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn c009_on_tcp_hup_means_that_both_directions_are_closed() {
    let (client, server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 1, ALL);
    drop(client);
    until_reported(&watcher, "IN|OUT|RDHUP");
    server.shutdown(Shutdown::Write).unwrap();
    until_reported(&watcher, "IN|OUT|HUP|RDHUP");
}

#[test]
fn c009_on_a_pipe_hup_is_all_that_tells_of_the_end() {
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    let watcher = Watcher::new();
    watcher.add(&reader, 1, EpollFlags::EPOLLIN);
    writer.write_all(b"x").unwrap();
    drop(writer);
    assert_eq!(watcher.now(), report(1, "IN|HUP"));
    reader.read_exact(&mut [0]).unwrap();
    assert_eq!(watcher.now(), report(1, "HUP"));
}

#[test]
fn c009_elsewhere_hup_means_something_else_again() {
    let (one, other) = UnixStream::pair().unwrap();
    let watcher = Watcher::new();
    watcher.add(&one, 1, EpollFlags::EPOLLIN);
    drop(other);
    assert_eq!(watcher.next(), report(1, "IN|HUP"), "a Unix socket");

    let fresh = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let watcher = Watcher::new();
    watcher.add(&fresh, 1, ALL);
    assert_eq!(watcher.now(), report(1, "OUT|HUP"), "never connected");
}

#[test]
fn c120_a_listener_is_readable_when_a_client_waits() {
    let listener = listener(64);
    let watcher = Watcher::new();
    watcher.add(&listener, 1, EpollFlags::EPOLLIN);
    assert_eq!(watcher.now(), []);
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert_eq!(watcher.next(), report(1, "IN"));
}
