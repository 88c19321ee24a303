//! Results that the documents don't look at, or misread (bugs B32, B36, B38, B96, B99, B100).

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsRawFd, OwnedFd};

use harness::experiment::{
    Watcher, alone, listener, nonblocking_pair, report, reset, until_unread,
};
use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollEvent, EpollFlags, EpollTimeout};
use nix::unistd::close;
use socket2::{Domain, Socket, Type};

#[test]
fn b32_a_listener_that_could_not_bind_listens_elsewhere() {
    let first = listener(8);
    let taken = first.local_addr().unwrap();
    let second = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let error = second.bind(&taken.into()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    second.listen(8).unwrap(); // the document doesn't look, and goes on
    let elsewhere = second.local_addr().unwrap().as_socket().unwrap().port();
    assert!(elsewhere != taken.port() && elsewhere != 0, "{elsewhere}");
}

#[test]
fn b36_minus_1_may_be_eagain_and_the_connection_is_well() {
    let (mut client, mut server) = nonblocking_pair();
    let error = server.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(Errno::EAGAIN as i32));
    client.write_all(b"well").unwrap();
    until_unread(&server, 4);
    assert_eq!(server.read(&mut [0; 8]).unwrap(), 4);
}

#[test]
fn b38_a_read_may_fill_its_buffer_to_the_last_byte() {
    let (mut client, mut server) = nonblocking_pair();
    client.write_all(&[b'x'; 5000]).unwrap();
    until_unread(&server, 5000);
    let mut buffer = [0; 4096];
    let count = server.read(&mut buffer).unwrap();
    assert_eq!(buffer.get_mut(count), None, "there is no place for a NUL");
}

/// A wait on what is no epoll fails like one on a descriptor that is closed.
#[test]
fn b96_a_wait_that_fails_returns_at_once_each_time_and_no_batch_is_below_minus_1() {
    let broken = Epoll(OwnedFd::from(File::open("/dev/null").unwrap()));
    let mut room = [EpollEvent::empty(); 1];
    for _ in 0..1000 {
        let result = broken.wait(&mut room, EpollTimeout::NONE);
        assert_eq!(result, Err(Errno::EINVAL), "-1 in C, which is not < -1");
    }
}

#[test]
fn b99_a_connection_whose_send_fails_is_reported_for_ever() {
    let (client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EpollFlags::EPOLLIN);
    reset(client);
    assert_eq!(watcher.next(), report(7, "IN|ERR|HUP"));
    assert!(
        server.write(b"answer").is_err(),
        "the document doesn't look"
    );
    for _ in 0..1000 {
        assert_ne!(watcher.now(), [], "it is still watched");
    }
}

#[test]
fn b100_descriptor_0_is_a_valid_one_if_standard_input_was_closed() {
    alone(&[], || {
        close(0).unwrap();
        let listener = listener(8);
        assert_eq!(listener.as_raw_fd(), 0);
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        assert!(listener.accept().is_ok());
        drop(client);
    });
}
