//! What OUT says of a socket that connects (claim C240).

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};

use harness::experiment::{Watcher, loopback, report};
use nix::errno::Errno;
use nix::sys::epoll::EpollFlags;
use socket2::{Domain, Socket, Type};

fn bound() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&loopback().into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

fn begin(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM.nonblocking(), None).unwrap();
    let errno = socket.connect(&address.into()).unwrap_err().raw_os_error();
    assert_eq!(errno, Some(Errno::EINPROGRESS as i32));
    socket
}

#[test]
fn c240_a_refused_connect_is_writable_too() {
    let watcher = Watcher::new();
    let listener = TcpListener::bind(loopback()).unwrap();
    let connected = begin(listener.local_addr().unwrap());
    watcher.add(&connected, 1, EpollFlags::EPOLLOUT);
    assert_eq!(watcher.next(), report(1, "OUT"));
    assert!(connected.take_error().unwrap().is_none());
    watcher.0.delete(&connected).unwrap();

    let (_bound, address) = bound(); // its port is taken, but nothing listens there
    let refused = begin(address);
    watcher.add(&refused, 2, EpollFlags::EPOLLOUT);
    assert_eq!(watcher.next(), report(2, "OUT|ERR|HUP"));
    let error = refused.take_error().unwrap().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    // The error is told once. Afterwards only the missing peer shows that there is no connection.
    assert!(refused.take_error().unwrap().is_none());
    assert!(refused.peer_addr().is_err());
}

#[test]
fn c240_a_connect_that_is_not_decided_is_not_writable() {
    let (listener, address) = bound();
    listener.listen(0).unwrap();
    let _first = TcpStream::connect(address).unwrap(); // now its accept queue is full
    let watcher = Watcher::new();
    let pending = begin(address);
    watcher.add(&pending, 1, EpollFlags::EPOLLOUT);
    assert_eq!(watcher.now(), []);
    assert!(pending.take_error().unwrap().is_none(), "no error yet");
    assert!(pending.peer_addr().is_err(), "and no connection");
}
