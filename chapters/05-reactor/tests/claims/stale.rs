//! Events that have outlived their connection (bug B97).

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;

use harness::experiment::{alone, listener};
use nix::sys::epoll::EpollFlags;

use harness::experiment::Watcher;

/// The descriptor's number, as C programs hand it to epoll.
fn number(socket: &TcpStream) -> u64 {
    u64::try_from(socket.as_raw_fd()).unwrap()
}

/// Alone: no other test's descriptor may come between.
#[test]
fn b97_a_number_in_the_batch_may_mean_a_newcomer() {
    alone(&[], || {
        let listener = listener(8);
        let address = listener.local_addr().unwrap();
        let connect = || {
            let client = TcpStream::connect(address).unwrap();
            let (server, _) = listener.accept().unwrap();
            server.set_nonblocking(true).unwrap();
            (client, server)
        };
        let (mut a, a_server) = connect();
        let (mut b, b_server) = connect();
        let watcher = Watcher::new();
        for server in [&a_server, &b_server] {
            watcher.add(server, number(server), EpollFlags::EPOLLIN);
        }
        let mut c = TcpStream::connect(address).unwrap();
        a.write_all(b"a").unwrap();
        b.write_all(b"b").unwrap();
        while b_server.peek(&mut [0]).is_err() || a_server.peek(&mut [0]).is_err() {}
        let batch = watcher.now();
        assert_eq!(batch.len(), 2);

        // The first event's callback closes B, and accepts C.
        let stale = number(&b_server);
        drop(b_server);
        let (mut newcomer, _) = listener.accept().unwrap();
        newcomer.set_nonblocking(true).unwrap();

        // The second event is about B. Its number is C's.
        assert_eq!(batch[1].0, stale);
        assert_eq!(number(&newcomer), stale);
        let error = newcomer.read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WouldBlock, "C has sent nothing");
        c.write_all(b"c").unwrap();
    });
}
