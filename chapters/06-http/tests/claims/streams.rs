//! Messages on a stream of bytes (claims C072, C073, C082 and C193).

use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::TcpStream;
use std::thread;

use harness::experiment::{Watcher, nonblocking_pair, pair, report, until, until_unread};
use nix::sys::epoll::EpollFlags;
use socket2::SockRef;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// More than the kernel keeps for a [`narrow_pair`].
const MUCH: usize = 4 * 1024 * 1024;

#[test]
fn c193_two_requests_come_in_one_read_and_one_in_two() {
    let (mut client, mut server) = pair();
    client.write_all(REQUEST).unwrap();
    client.write_all(REQUEST).unwrap();
    until_unread(&server, 2 * REQUEST.len());
    let mut input = [0; 100];
    assert_eq!(server.read(&mut input).unwrap(), 2 * REQUEST.len());

    let (first, rest) = REQUEST.split_at(3);
    client.write_all(first).unwrap();
    until_unread(&server, first.len());
    assert_eq!(server.read(&mut input).unwrap(), first.len());
    client.write_all(rest).unwrap();
    until_unread(&server, rest.len());
    assert_eq!(server.read(&mut input).unwrap(), rest.len());
}

#[test]
fn c082_no_event_comes_for_what_has_been_read() {
    let (mut client, mut server) = nonblocking_pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EpollFlags::EPOLLIN | EpollFlags::EPOLLET);
    client.write_all(&REQUEST.repeat(2)).unwrap();
    until_unread(&server, 2 * REQUEST.len());
    assert_eq!(watcher.next(), report(7, "IN"));
    let mut input = [0; 100];
    assert_eq!(server.read(&mut input).unwrap(), 2 * REQUEST.len());
    let error = server.read(&mut input).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    // Whoever answers the first now, and clears the buffer, has lost the second.
    assert_eq!(watcher.now(), []);
    watcher.modify(&server, 7, EpollFlags::EPOLLIN | EpollFlags::EPOLLET);
    assert_eq!(watcher.now(), [], "not even when it is registered anew");
}

/// Both ends of a connection for which the kernel keeps little; the server's end is nonblocking.
pub fn narrow_pair() -> (TcpStream, TcpStream) {
    let (client, server) = nonblocking_pair();
    SockRef::from(&server)
        .set_send_buffer_size(64 * 1024)
        .unwrap();
    SockRef::from(&client)
        .set_recv_buffer_size(64 * 1024)
        .unwrap();
    (client, server)
}

/// Writes head and file as two vectors to a client that doesn't read; says how much was taken.
fn first_write(server: &TcpStream, vectors: &[IoSlice<'_>]) -> usize {
    let mut server = server;
    server.write_vectored(vectors).unwrap()
}

#[test]
fn c072_a_full_socket_takes_less_than_the_sum() {
    let (_client, server) = narrow_pair();
    let (head, file) = ([b'h'; 100], vec![b'f'; MUCH]);
    let taken = first_write(&server, &[IoSlice::new(&head), IoSlice::new(&file)]);
    assert!(head.len() < taken && taken < MUCH, "{taken}");
}

#[test]
fn c073_the_vectors_stay_as_they_are_and_have_to_be_moved() {
    let (mut client, server) = narrow_pair();
    let head = [b'h'; 100];
    let file: Vec<u8> = (0..=250).cycle().take(MUCH).collect();
    let mut vectors = [IoSlice::new(&head), IoSlice::new(&file)];
    let taken = first_write(&server, &vectors);
    assert_eq!((vectors[0].len(), vectors[1].len()), (100, MUCH));

    let reader = thread::spawn(move || {
        let mut all = Vec::new();
        client.read_to_end(&mut all).unwrap();
        all
    });
    let mut rest = &mut vectors[..];
    IoSlice::advance_slices(&mut rest, taken);
    assert_eq!(rest.len(), 1, "the head has gone");
    assert_eq!(rest[0].len(), 100 + MUCH - taken);
    until("all of it has gone", || {
        match (&server).write_vectored(rest) {
            Ok(count) => IoSlice::advance_slices(&mut rest, count),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
        rest.is_empty()
    });
    drop(server);
    let all = reader.join().unwrap();
    assert!(
        all == [&head[..], &file].concat(),
        "{} bytes came",
        all.len()
    );
}
