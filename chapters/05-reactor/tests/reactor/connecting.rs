//! Outgoing connections.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use ch05_reactor::{Buffer, Closed, ConnId, ConnectorId, Handler, Io, Limits, Origin};
use socket2::{Domain, Socket, Type};

use crate::script::{Running, start_handler};

const LONG: Duration = Duration::from_hours(1);

enum Wish {
    Connect(Vec<SocketAddr>, Duration),
    ConnectFrom(IpAddr, SocketAddr),
    Cancel,
    Stop,
}

/// Connects where it is told to, says hello there, and reports everything.
struct Caller {
    wishes: Receiver<Wish>,
    made: Vec<ConnectorId>,
    report: Sender<String>,
}

impl Caller {
    fn tell(&self, event: impl Into<String>) {
        let _ = self.report.send(event.into());
    }
}

impl Handler for Caller {
    type Session = ();

    fn on_wake(&mut self, io: &mut Io) {
        while let Ok(wish) = self.wishes.try_recv() {
            match wish {
                Wish::Connect(addresses, within) => self.made.push(io.connect(addresses, within)),
                Wish::ConnectFrom(source, address) => {
                    self.made.push(io.connect_from(source, address, LONG));
                }
                Wish::Cancel => self
                    .made
                    .drain(..)
                    .for_each(|connector| io.cancel(connector)),
                Wish::Stop => io.stop(),
            }
        }
        self.tell("wake");
    }

    fn on_open(&mut self, io: &mut Io, id: ConnId, origin: Origin) {
        let made = self.made.iter().map(|&made| Origin::Connector(made));
        assert!(made.into_iter().any(|made| made == origin));
        self.tell(format!("open {}", io.peer(id).unwrap()));
        io.send(id, b"hello\n");
    }

    fn on_data(&mut self, _: &mut Io, _: ConnId, (): &mut (), input: &mut Buffer) {
        self.tell(String::from_utf8_lossy(input));
        input.clear();
    }

    fn on_connect_failed(&mut self, _: &mut Io, connector: ConnectorId, error: io::Error) {
        assert!(self.made.contains(&connector));
        self.tell(format!("failed {:?}", error.kind()));
    }

    fn on_close(&mut self, _: &mut Io, _: ConnId, (): (), why: Closed) {
        self.tell(format!("close {why:?}"));
    }
}

fn start() -> (Running, Sender<Wish>) {
    let (wish, wishes) = mpsc::channel();
    let running = start_handler(Limits::default(), |report| Caller {
        wishes,
        made: Vec::new(),
        report,
    });
    (running, wish)
}

fn connect(caller: &(Running, Sender<Wish>), addresses: &[SocketAddr], within: Duration) {
    ask(caller, Wish::Connect(addresses.to_vec(), within));
}

fn ask((running, wishes): &(Running, Sender<Wish>), wish: Wish) {
    wishes.send(wish).unwrap();
    running.waker.wake();
}

fn listening() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An address where nothing listens: the port is taken, so nothing can come to.
fn refusing() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&any.into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

/// An address that doesn't answer: its accept queue is full, so the kernel drops what comes.
fn silent() -> (Socket, TcpStream, SocketAddr) {
    let (socket, address) = refusing();
    socket.listen(0).unwrap();
    let first = TcpStream::connect(address).unwrap();
    (socket, first, address)
}

#[test]
fn a_connection_is_opened_and_speaks() {
    let caller = start();
    let (listener, address) = listening();
    connect(&caller, &[address], LONG);
    let (mut peer, _) = listener.accept().unwrap();
    caller.0.expect(&format!("open {address}"));
    let mut hello = [0; 6];
    peer.read_exact(&mut hello).unwrap();
    assert_eq!(&hello, b"hello\n");
    peer.write_all(b"good day").unwrap();
    caller.0.expect("good day");
    drop(peer);
    caller.0.expect("close Finished");
}

#[test]
fn a_connection_comes_from_the_address_that_was_asked_for() {
    let caller = start();
    let (listener, address) = listening();
    let source: IpAddr = "127.0.3.7".parse().unwrap();
    ask(&caller, Wish::ConnectFrom(source, address));
    let (_peer, from) = listener.accept().unwrap();
    assert_eq!(from.ip(), source);
    caller.0.expect(&format!("open {address}"));
}

#[test]
fn a_source_that_is_no_address_of_this_machine_is_a_failure() {
    let caller = start();
    let (_listener, address) = listening();
    // Of the documentation's network (RFC 5737): no machine has it.
    let source: IpAddr = "192.0.2.1".parse().unwrap();
    ask(&caller, Wish::ConnectFrom(source, address));
    caller.0.expect("failed AddrNotAvailable");
}

#[test]
fn a_refusal_is_told() {
    let caller = start();
    let (_socket, address) = refusing();
    connect(&caller, &[address], LONG);
    caller.0.expect("failed ConnectionRefused");
    caller.0.expect_nothing();
}

#[test]
fn behind_an_address_that_refuses_the_next_is_tried_at_once() {
    let caller = start();
    let (_silent, _first, silent) = silent();
    let (_refusing, refusing) = refusing();
    let (_listener, address) = listening();
    let (_other, other) = listening();
    // A silent address is given a quarter of a second. In that time many can refuse.
    connect(&caller, &[silent, other], LONG);
    let mut addresses = vec![refusing; 8];
    addresses.push(address);
    connect(&caller, &addresses, LONG);
    let before = caller.0.expect(&format!("open {other}"));
    assert!(before.contains(&format!("open {address}")), "{before:?}");
}

#[test]
fn an_address_that_does_not_answer_holds_the_next_up_for_a_quarter_of_a_second() {
    let caller = start();
    let (_silent, _first, silent) = silent();
    let (_listener, address) = listening();
    let began = Instant::now();
    connect(&caller, &[silent, address], LONG);
    caller.0.expect(&format!("open {address}"));
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(250), "{took:?}");
    caller.0.expect_nothing();
}

#[test]
fn all_addresses_have_one_deadline() {
    let caller = start();
    let (_silent, _first, silent) = silent();
    let began = Instant::now();
    connect(
        &caller,
        &[silent, silent, silent],
        Duration::from_millis(300),
    );
    caller.0.expect("failed TimedOut");
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(300), "{took:?}");
    caller.0.expect_nothing();
}

#[test]
fn the_last_refusal_counts_when_none_has_answered() {
    let caller = start();
    let (_silent, _first, silent) = silent();
    let (_refusing, refusing) = refusing();
    connect(&caller, &[silent, refusing], Duration::from_millis(500));
    // It is refused after a quarter of a second; the silent one may still answer.
    caller.0.expect("failed TimedOut");
}

#[test]
fn without_an_address_it_fails() {
    let caller = start();
    connect(&caller, &[], LONG);
    caller.0.expect("failed InvalidInput");
    caller.0.expect_nothing();
}

#[test]
fn what_is_cancelled_is_not_called_back() {
    let caller = start();
    let (_silent, first, silent) = silent();
    connect(&caller, &[silent], Duration::from_millis(100));
    caller.0.expect("wake");
    ask(&caller, Wish::Cancel);
    caller.0.expect("wake");
    caller.0.expect_nothing();
    drop(first);
}

#[test]
fn a_stop_ends_what_is_not_there_yet() {
    let caller = start();
    let (_silent, _first, silent) = silent();
    connect(&caller, &[silent], LONG);
    caller.0.expect("wake");
    ask(&caller, Wish::Stop);
    caller.0.expect("failed Interrupted");
    caller.0.expect_end();
}

#[test]
fn many_connect_at_once_and_none_is_forgotten() {
    let (wish, wishes) = mpsc::channel();
    let running = start_handler(Limits::default(), |report| Crowd { wishes, report });
    let (listener, address) = listening();
    let (_refusing, refusing) = refusing();
    for number in 0..200 {
        let addresses = match number % 3 {
            0 => vec![address],
            1 => vec![refusing, address],
            _ => vec![refusing],
        };
        wish.send(addresses).unwrap();
    }
    running.waker.wake();
    let (mut opened, mut failed, mut peers) = (0, 0, Vec::new());
    while opened + failed < 200 {
        match &running.expect_any(|_| true)[..] {
            "open" => {
                opened += 1;
                peers.push(listener.accept().unwrap());
            }
            _ => failed += 1,
        }
    }
    assert_eq!((opened, failed), (134, 66));
}

/// Connects to whatever it is told of.
struct Crowd {
    wishes: Receiver<Vec<SocketAddr>>,
    report: Sender<String>,
}

impl Handler for Crowd {
    type Session = ();

    fn on_wake(&mut self, io: &mut Io) {
        while let Ok(addresses) = self.wishes.try_recv() {
            io.connect(addresses, LONG);
        }
    }

    fn on_open(&mut self, _: &mut Io, _: ConnId, _: Origin) {
        let _ = self.report.send("open".into());
    }

    fn on_data(&mut self, _: &mut Io, _: ConnId, (): &mut (), _: &mut Buffer) {}

    fn on_connect_failed(&mut self, _: &mut Io, _: ConnectorId, error: io::Error) {
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        let _ = self.report.send("failed".into());
    }
}
