//! How a drain ends, and how it mustn't (claim C127, bugs B12, B19, B20).

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::time::Duration;

use harness::experiment::{
    Watcher, alone, alone_while, listener, nonblocking_pair, pair, report, stop_and_go,
    until_asleep,
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
        std::io::Write::write_all(&mut client, b"x").unwrap();
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
