//! The backlog and the accept queue (claims C100 to C103, C107).

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use harness::experiment::{
    OWN_NETWORK, alone, entry, knock, listener, queued, set_parameter, state, until, until_queued,
    until_state,
};
use nix::errno::Errno;
use socket2::Socket;

/// Fills the accept queue of `listener`, which takes `room` connections.
fn fill(listener: &TcpListener, room: usize) -> Vec<Socket> {
    let address = listener.local_addr().unwrap();
    let clients: Vec<Socket> = (0..room).map(|_| knock(address)).collect();
    for client in &clients {
        until_state(local(client), address, "ESTABLISHED");
    }
    until_queued(address, room);
    clients
}

fn local(socket: &Socket) -> SocketAddr {
    socket.local_addr().unwrap().as_socket().unwrap()
}

#[test]
fn c100_listen_admits_backlog_plus_one() {
    let listener = listener(10);
    let address = listener.local_addr().unwrap();
    let _admitted = fill(&listener, 11);
    let one_more = knock(address);
    assert_eq!(state(local(&one_more), address), "SYN_SENT");
    assert_eq!(queued(address), 11);
}

#[test]
fn c100_accepted_connections_are_not_counted() {
    let listener = listener(0);
    let address = listener.local_addr().unwrap();
    let open: Vec<_> = (0..20)
        .map(|_| {
            (
                TcpStream::connect(address).unwrap(),
                listener.accept().unwrap(),
            )
        })
        .collect();
    assert_eq!(open.len(), 20);
}

#[test]
fn c101_the_oldest_are_kept_and_the_newest_come_in_later() {
    let listener = listener(10);
    let address = listener.local_addr().unwrap();
    let mut first = fill(&listener, 11);
    let late: Vec<Socket> = (0..4).map(|_| knock(address)).collect();
    for (number, client) in first.iter_mut().enumerate() {
        client.write_all(&[u8::try_from(number).unwrap()]).unwrap();
    }
    for (number, client) in first.iter().enumerate() {
        let (mut server, peer) = listener.accept().unwrap();
        assert_eq!(peer, local(client), "in the order in which they came");
        let mut byte = [0];
        server.read_exact(&mut byte).unwrap();
        assert_eq!(usize::from(byte[0]), number, "with its data");
    }
    // The kernel dropped their SYN; they send it again within seconds.
    for client in &late {
        until_state(local(client), address, "ESTABLISHED");
    }
}

#[test]
fn c102_idle_connections_are_counted_and_data_waits_with_them() {
    let listener = listener(1);
    let address = listener.local_addr().unwrap();
    let mut idle = fill(&listener, 2);
    let one_more = knock(address);
    assert_eq!(state(local(&one_more), address), "SYN_SENT");
    // Data that comes before accept is acknowledged and kept; it changes nothing in the queue.
    idle[0].write_all(b"hello").unwrap();
    let waiting = || entry(address, local(&idle[0])).unwrap().unread;
    until("its data has come", || waiting() == 5);
    assert_eq!(queued(address), 2);
}

#[test]
fn c103_accept_makes_room() {
    let listener = listener(1);
    let address = listener.local_addr().unwrap();
    let _waiting = fill(&listener, 2);
    let _accepted = listener.accept().unwrap();
    assert_eq!(queued(address), 1);
    let next = knock(address);
    until_state(local(&next), address, "ESTABLISHED");
}

/// With the usual six repetitions this takes more than two minutes; here it is one.
#[test]
fn c107_connect_blocks_until_its_repetitions_are_used_up() {
    alone(&OWN_NETWORK, || {
        set_parameter("ipv4/tcp_syn_retries", "1");
        let listener = listener(0);
        let _full = fill(&listener, 1);
        let began = Instant::now();
        let error = TcpStream::connect(listener.local_addr().unwrap()).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(Errno::ETIMEDOUT as i32));
        assert!(
            began.elapsed() > Duration::from_secs(1),
            "after {:?}",
            began.elapsed()
        );
    });
}
