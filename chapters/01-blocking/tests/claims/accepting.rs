//! What `accept` gives, and how it fails (claims C122 to C124, C227, C229).

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::AsRawFd;

use harness::experiment::{FEW_DESCRIPTORS, alone, listener, pair, queued, reset, until_queued};
use nix::errno::Errno;
use socket2::SockRef;

#[test]
fn c122_a_blocking_accept_takes_one_and_leaves_the_other_in_the_queue() {
    let listener = listener(8);
    let address = listener.local_addr().unwrap();
    let clients = [
        TcpStream::connect(address).unwrap(),
        TcpStream::connect(address).unwrap(),
    ];
    until_queued(address, 2);
    for (client, left) in clients.iter().zip([1, 0]) {
        let (_, peer) = listener.accept().unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        assert_eq!(queued(address), left);
    }
}

#[test]
fn c123_the_server_may_speak_first() {
    let (mut client, mut server) = pair();
    server.write_all(b"welcome").unwrap();
    let mut greeting = [0; 7];
    client.read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"welcome");
}

#[test]
fn c124_without_a_free_descriptor_accept_fails_and_the_client_stays() {
    alone(&FEW_DESCRIPTORS, || {
        let listener = listener(8);
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut files: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        let error = listener.accept().unwrap_err();
        assert_eq!(error.raw_os_error(), Some(Errno::EMFILE as i32));
        files.pop();
        let (_, peer) = listener.accept().unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
    });
}

#[test]
fn c124_a_client_that_has_gone_is_accepted_all_the_same() {
    let listener = listener(8);
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    reset(client);
    let (mut server, _) = listener.accept().unwrap();
    let error = server.read(&mut [0]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(Errno::ECONNRESET as i32));
}

#[test]
fn c227_accept_returns_a_new_descriptor_for_each_client() {
    let listener = listener(8);
    let address = listener.local_addr().unwrap();
    let clients = [
        TcpStream::connect(address).unwrap(),
        TcpStream::connect(address).unwrap(),
    ];
    let accepted = [listener.accept().unwrap().0, listener.accept().unwrap().0];
    let [first, second] = accepted.each_ref().map(AsRawFd::as_raw_fd);
    assert!(first != second && first != listener.as_raw_fd() && second != listener.as_raw_fd());
    // The same address and port at the server's end: the client's make the difference.
    for (server, client) in accepted.iter().zip(&clients) {
        assert_eq!(server.local_addr().unwrap(), address);
        assert_eq!(server.peer_addr().unwrap(), client.local_addr().unwrap());
    }
}

#[test]
fn c229_sockets_block_unless_told_otherwise_and_accept_passes_nothing_on() {
    let listener = listener(8);
    assert!(!SockRef::from(&listener).nonblocking().unwrap());
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    listener.set_nonblocking(true).unwrap();
    let (accepted, _) = SockRef::from(&listener).accept_raw().unwrap();
    assert!(
        !accepted.nonblocking().unwrap(),
        "Linux: the listener's flag is not inherited"
    );
}
