//! How a drain ends, how it mustn't, and what becomes of the bytes (claim C127, bugs B12, B17, B18,
//! B20, B23).

use std::ffi::CStr;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use harness::experiment::{
    Watcher, alone, alone_while, listener, nonblocking_pair, pair, report, stop_and_go, until,
    until_asleep, until_unread,
};
use nix::errno::Errno;
use nix::sys::epoll::EpollFlags;
use nix::sys::resource::{Resource, setrlimit};

const EDGE: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLET);

#[test]
fn b12_who_doesnt_leave_the_loop_at_would_block_never_leaves_it() {
    let (_client, mut server) = nonblocking_pair();
    for _ in 0..10_000 {
        let error = server.read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
    }
}

/// A read with a time limit is ended by a stop and a go-on (`signal(7)`), without any handler.
#[test]
fn c127_an_interrupted_read_says_nothing_of_what_is_there() {
    let read = || {
        let (mut client, mut server) = pair();
        let limit = Some(Duration::from_secs(4));
        server.set_read_timeout(limit).unwrap();
        let error = server.read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        client.write_all(b"x").unwrap();
        assert_eq!(server.read(&mut [0]).unwrap(), 1, "so it has to ask again");
    };
    alone_while(&[], read, |pid| {
        until_asleep(pid);
        stop_and_go(pid);
    });
}

#[test]
fn b20_the_edge_of_a_client_that_no_descriptor_was_free_for_does_not_come_back() {
    let experiment = || {
        setrlimit(Resource::RLIMIT_NOFILE, 40, 40).unwrap();
        let listener = listener(64);
        listener.set_nonblocking(true).unwrap();
        let watcher = Watcher::new();
        watcher.add(&listener, 1, EDGE);
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let files: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        assert_eq!(watcher.next(), report(1, "IN"));
        let error = listener.accept().unwrap_err();
        assert_eq!(error.raw_os_error(), Some(Errno::EMFILE as i32));
        drop(files);
        assert_eq!(
            watcher.now(),
            [],
            "descriptors are free, and nobody says so"
        );
        watcher.modify(&listener, 1, EDGE);
        assert_eq!(watcher.now(), report(1, "IN"));
        let (_, peer) = listener.accept().unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
    };
    alone(&[], experiment);
}

/// Adds `chunk` behind what is in `array`, as `strcat` does, but not past its end.
fn append(array: &mut [u8], used: &mut usize, chunk: &[u8]) -> Option<()> {
    let room = array.get_mut(*used..*used + chunk.len())?;
    room.copy_from_slice(chunk);
    *used += chunk.len();
    Some(())
}

#[test]
fn b17_one_drain_brings_more_than_the_array_has_room_for() {
    let (mut client, mut server) = nonblocking_pair();
    client.write_all(&[b'x'; 12_000]).unwrap();
    until_unread(&server, 12_000);
    let (mut array, mut used) = ([0; 10_240], 0);
    let mut chunk = [0; 1024];
    let refused = loop {
        let count = server.read(&mut chunk).unwrap();
        if append(&mut array, &mut used, &chunk[..count]).is_none() {
            break count;
        }
    };
    assert_eq!((used, refused), (10_240, 1024), "C writes these behind it");
}

/// `strlen` of an array.
fn length(array: &[u8]) -> usize {
    CStr::from_bytes_until_nul(array).unwrap().count_bytes()
}

#[test]
fn b18_a_byte_0_ends_a_c_string_and_the_next_chunk_is_written_over_the_rest() {
    let (mut client, mut server) = pair();
    client.write_all(b"one\0two").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut array = [0; 16];
    let mut received = 0;
    while let count @ 1.. = server.read(&mut array[received..]).unwrap() {
        received += count;
    }
    assert_eq!((received, length(&array)), (7, 3));
    let mut end = length(&array);
    append(&mut array, &mut end, b"three\0").unwrap(); // what `strcat` does
    assert_eq!(&array[..length(&array)], b"onethree");
}

#[test]
fn b23_who_answers_the_first_bytes_answers_half_a_request() {
    let (mut client, mut server) = pair();
    client.write_all(b"GET / HT").unwrap();
    let mut request = [0; 1024];
    let count = server.read(&mut request).unwrap();
    assert_eq!(&request[..count], b"GET / HT", "all that has come so far");
    server.write_all(b"an answer to that").unwrap();
    drop(server);
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "an answer to that");
    client.write_all(b"TP/1.1\r\n\r\n").unwrap();
    until("nobody takes the other half", || {
        client.write_all(b"?").is_err()
    });
}
