//! Other threads: waking a reactor, and several reactors at once.

use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver};
use std::{io, thread};

use ch05_reactor::{Buffer, Closed, ConnId, Handler, Io, Limits, Origin};
use ch05_reactor::{Signals, listen_shared, serve};
use harness::{Client, DEADLINE};

use crate::script::start;

#[test]
fn another_thread_wakes_the_reactor() {
    let server = start(Limits::default());
    let waker = server.waker.clone();
    thread::spawn(move || waker.wake()).join().unwrap();
    server.expect("wake");
    server.expect_nothing();
}

#[test]
fn wake_ups_that_come_together_are_one_at_least() {
    let server = start(Limits::default());
    let mut client = server.client();
    client.send(b"wait\n");
    server.expect("line 0 wait");
    for _ in 0..1000 {
        server.waker.wake();
    }
    server.release();
    server.expect("wake");
    server.expect_nothing();
}

/// Echoes; an `s` stops its loop, a `p` panics in it.
struct Moody;

impl Handler for Moody {
    type Session = ();

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {}

    fn on_data(&mut self, io: &mut Io, id: ConnId, (): &mut (), input: &mut Buffer) {
        match input.first() {
            Some(b's') => io.stop(),
            Some(b'p') => panic!("as the test wants it"),
            _ => io.send(id, input),
        }
        input.clear();
    }

    fn on_close(&mut self, _: &mut Io, _: ConnId, (): (), _: Closed) {}
}

/// Three loops; what they end with.
fn three_loops() -> (SocketAddr, Receiver<thread::Result<io::Result<()>>>) {
    let listeners = listen_shared("127.0.0.1:0".parse().unwrap(), 64, 3).unwrap();
    let address = listeners[0].local_addr().unwrap();
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || {
        let result = thread::spawn(move || {
            // Nobody sends this process a signal: it has other tests in it.
            let signals = Signals::block()?;
            serve(listeners, signals, &Limits::default(), |_| Ok(Moody))
        });
        sender.send(result.join()).unwrap();
    });
    (address, ended)
}

/// The kernel deals them out to all loops.
fn crowd(address: SocketAddr) -> Vec<Client> {
    let mut clients: Vec<_> = (0..30).map(|_| Client::connect(address)).collect();
    for client in &mut clients {
        client.exchange(b"hello", b"hello");
    }
    clients
}

#[test]
fn all_loops_stop_when_one_does() {
    let (address, ended) = three_loops();
    let mut clients = crowd(address);
    clients[0].send(b"s");
    for client in &mut clients {
        client.expect_end();
    }
    drop(clients);
    let result = ended.recv_timeout(DEADLINE).expect("all loops end");
    result.expect("no loop panics").expect("no loop fails");
}

#[test]
fn all_loops_end_when_one_panics() {
    let (address, ended) = three_loops();
    let mut clients = crowd(address);
    clients[0].send(b"p");
    drop(clients);
    let result = ended.recv_timeout(DEADLINE).expect("all loops end");
    assert!(result.is_err(), "the panic was swallowed");
}
