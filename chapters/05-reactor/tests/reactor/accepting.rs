//! Accepting: limits, several listeners, and the options of what is accepted.

use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use ch05_reactor::{
    Buffer, ConnId, Handler, Io, Limits, LineEcho, ListenerId, Origin, Reactor, listen,
    listen_shared,
};
use harness::Client;

use crate::script::{A_WHILE, start};

#[test]
fn connections_above_the_limit_wait_for_one_to_end() {
    let limits = Limits {
        connections: 2,
        ..Limits::default()
    };
    let server = start(limits);
    let (first, _second) = (server.client(), server.client());
    server.expect("open 1");
    let mut third = server.client();
    third.send(b"say at last\n");
    third.expect_silence(A_WHILE);
    drop(first);
    third.expect(b"at last\n");
}

#[test]
fn more_connections_than_one_turn_accepts_are_all_accepted() {
    let server = start(Limits::default());
    let mut gate = server.client();
    gate.send(b"wait\n");
    server.expect("line 0 wait");
    let mut clients: Vec<_> = (0..500).map(|_| server.client()).collect();
    server.release();
    server.expect("open 500");
    for client in &mut clients {
        client.exchange(b"say hello\n", b"hello\n");
    }
}

/// Answers the number of the listener that a client came through.
struct Doors(Vec<ListenerId>);

impl Handler for Doors {
    type Session = ();

    fn on_open(&mut self, io: &mut Io, id: ConnId, origin: Origin) {
        let number = self
            .0
            .iter()
            .position(|&it| Origin::Listener(it) == origin)
            .unwrap();
        io.send(id, number.to_string().as_bytes());
        io.close(id);
    }

    fn on_data(&mut self, _: &mut Io, _: ConnId, (): &mut (), _: &mut Buffer) {}
}

#[test]
fn a_handler_knows_through_which_listener_a_client_came() {
    let listeners: Vec<TcpListener> = (0..3)
        .map(|_| listen("127.0.0.1:0".parse().unwrap(), 16).unwrap())
        .collect();
    let addresses: Vec<_> = listeners
        .iter()
        .map(|it| it.local_addr().unwrap())
        .collect();
    let (sender, waker) = mpsc::channel();
    let thread = thread::spawn(move || {
        let mut reactor = Reactor::new(Limits::default()).unwrap();
        let ids = listeners
            .into_iter()
            .map(|it| reactor.add_listener(it).unwrap());
        let mut doors = Doors(ids.collect());
        sender.send(reactor.waker()).unwrap();
        reactor.run(&mut doors)
    });
    for (number, address) in addresses.into_iter().enumerate() {
        Client::connect(address).expect_last(number.to_string().as_bytes());
    }
    waker.recv().unwrap().stop();
    thread.join().unwrap().unwrap();
}

#[test]
fn a_reactor_turns_nagles_algorithm_off_at_its_listeners() {
    let listener = listen("127.0.0.1:0".parse().unwrap(), 16).unwrap();
    let same = listener.try_clone().unwrap();
    let mut reactor: Reactor = Reactor::new(Limits::default()).unwrap();
    reactor.add_listener(listener).unwrap();
    assert!(socket2::SockRef::from(&same).tcp_nodelay().unwrap());
}

#[test]
fn accepted_connections_inherit_tcp_nodelay_from_their_listener() {
    // What `add_listener` relies on: one setsockopt for all connections.
    let listener = listen("127.0.0.1:0".parse().unwrap(), 16).unwrap();
    socket2::SockRef::from(&listener)
        .set_tcp_nodelay(true)
        .unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    assert!(listener.accept().unwrap().0.nodelay().unwrap());
}

#[test]
fn shared_listeners_have_one_address() {
    let listeners = listen_shared("127.0.0.1:0".parse().unwrap(), 16, 3).unwrap();
    let address = listeners[0].local_addr().unwrap();
    assert_ne!(address.port(), 0);
    assert!(
        listeners
            .iter()
            .all(|it| it.local_addr().unwrap() == address)
    );
}

#[test]
fn a_port_that_another_server_would_share_counts_as_taken() {
    let others = listen_shared("127.0.0.1:0".parse().unwrap(), 16, 2).unwrap();
    let address = others[0].local_addr().unwrap();
    for count in [1, 2] {
        let error = listen_shared(address, 16, count).unwrap_err();
        assert_eq!(
            error.kind(),
            std::io::ErrorKind::AddrInUse,
            "{count} listeners"
        );
    }
}

#[test]
fn a_listener_may_block_before_the_reactor_gets_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut reactor = Reactor::new(Limits::default()).unwrap();
    reactor.add_listener(listener).unwrap();
    let waker = reactor.waker();
    let thread = thread::spawn(move || reactor.run(&mut LineEcho));
    // After the first client, accept is called once more, and would block for ever.
    Client::connect(address).exchange(b"one\n", b"one\n");
    Client::connect(address).exchange(b"two\n", b"two\n");
    waker.stop();
    thread.join().unwrap().unwrap();
}
