//! What else threads and processes share, and how they keep apart: EPOLLEXCLUSIVE, `SO_REUSEPORT`,
//! and descriptors that were copied by `dup` or `fork`. The book quotes these tests.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use harness::experiment::{Watcher, listener, pair, report};
use nix::errno::Errno;
use nix::sys::epoll::{EpollEvent, EpollFlags};
use socket2::{Domain, Socket, Type};

const EXCLUSIVE: EpollFlags = EpollFlags::EPOLLIN.union(EpollFlags::EPOLLEXCLUSIVE);

#[test]
fn exclusive_goes_neither_with_oneshot_nor_with_a_change() {
    let (watcher, listener) = (Watcher::new(), listener(8));
    let both = EpollEvent::new(EXCLUSIVE | EpollFlags::EPOLLONESHOT, 7);
    assert_eq!(watcher.0.add(&listener, both), Err(Errno::EINVAL));
    watcher.add(&listener, 7, EXCLUSIVE);
    let mut other = EpollEvent::new(EpollFlags::EPOLLIN, 7);
    let changed = watcher.0.modify(&listener, &mut other);
    assert_eq!(changed, Err(Errno::EINVAL));
}

fn shared(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(128)?;
    Ok(socket.into())
}

#[test]
fn with_reuseport_each_listener_has_a_queue_and_every_client_comes_to_one() {
    let first = shared((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let address = first.local_addr().unwrap();
    let second = shared(address).unwrap();
    let clients: Vec<_> = (0..64)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let accepted = [first, second].map(|listener| {
        listener.set_nonblocking(true).unwrap();
        std::iter::from_fn(|| listener.accept().ok()).count()
    });
    assert_eq!(accepted.iter().sum::<usize>(), clients.len());
    assert!(accepted.iter().all(|&count| count > 0), "{accepted:?}");
}

#[test]
fn when_one_listener_closes_the_clients_in_its_queue_are_reset() {
    let first = shared((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let address = first.local_addr().unwrap();
    let second = shared(address).unwrap();
    let clients: Vec<_> = (0..64)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    drop(second);
    first.set_nonblocking(true).unwrap();
    let accepted: Vec<_> = std::iter::from_fn(|| first.accept().ok()).collect();
    let kept: Vec<_> = accepted.iter().map(|(_, peer)| *peer).collect();
    for mut client in clients {
        if !kept.contains(&client.local_addr().unwrap()) {
            let error = client.read(&mut [0]).unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        }
    }
    assert!(kept.len() < 64, "both had some");
}

// ANCHOR: dup
#[test]
fn epoll_goes_on_watching_while_a_copy_is_open() {
    let (mut client, server) = pair();
    let watcher = Watcher::new();
    watcher.add(&server, 7, EpollFlags::EPOLLIN);
    let copy = server.try_clone().unwrap(); // dup(2); fork(2) copies all descriptors
    drop(server);
    client.write_all(b"x").unwrap();
    assert_eq!(watcher.next(), report(7, "IN"), "of what is closed");
    let gone = watcher.0.delete(&copy);
    assert_eq!(gone, Err(Errno::ENOENT), "the copy was never added");
    drop(copy);
    assert_eq!(watcher.now(), [], "only now it is out");
}
// ANCHOR_END: dup
