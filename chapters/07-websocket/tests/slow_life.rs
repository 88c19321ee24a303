//! Peers that read slowly, and a heartbeat that beats when the test says so.

mod blocking;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use blocking::Blocking;
use ch07_websocket::{Handshake, Incoming, Kind, Server, Session};
use http::Files;
use reactor::{Buffer, Closed, ConnId, Handler, Io, Limits, Origin, Reactor, Waker, listen};
use socket2::SockRef;

/// Longer than anything here takes.
const DEADLINE: Duration = Duration::from_secs(20);

/// Bytes that the client's kernel takes for it.
const SMALL: usize = 64 * 1024;

/// What the server's kernel takes of its output.
#[derive(Clone, Copy)]
enum Buffers {
    /// As little.
    Small,
    /// What it likes: some megabytes.
    AsTheyAre,
}

/// Bytes of a message that is far longer than that.
const LONG: usize = 24 * 1024 * 1024;

/// A server whose timers run out when they are told to.
struct Told {
    server: Server,
    /// Whether a period ends with each drain.
    drains: bool,
    asked: Receiver<Question>,
    pending: Sender<Option<u64>>,
}

enum Question {
    /// How much output is pending?
    Pending,
    /// The same, and a period ends then.
    Period,
}

impl Handler for Told {
    type Session = Session;

    fn on_open(&mut self, io: &mut Io, id: ConnId, origin: Origin) -> Session {
        self.server.on_open(io, id, origin)
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        self.server.on_data(io, id, session, input);
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Session, input: &mut Buffer) {
        self.server.on_end(io, id, session, input);
    }

    fn on_drain(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        self.server.on_drain(io, id, session);
        if self.drains {
            self.server.on_timer(io, id, session, 0);
        }
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Session, key: u8) {
        let pending = io.pending_output(id);
        self.server.on_timer(io, id, session, key);
        let _ = self.pending.send(Some(pending));
    }

    fn on_wake(&mut self, io: &mut Io) {
        while let Ok(question) = self.asked.try_recv() {
            let peer = io.ids().next();
            if let (Question::Period, Some(peer)) = (question, peer) {
                io.set_timer(peer, 0, Duration::ZERO);
            } else {
                let pending = peer.map(|peer| io.pending_output(peer));
                let _ = self.pending.send(pending);
            }
        }
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Session) {
        self.server.on_stop(io, id, session);
    }

    fn on_close(&mut self, io: &mut Io, id: ConnId, session: Session, why: Closed) {
        self.server.on_close(io, id, session, why);
    }
}

/// Such a server in a thread, stopped when dropped.
struct Running {
    address: SocketAddr,
    waker: Waker,
    ask: Sender<Question>,
    pending: Receiver<Option<u64>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Running {
    fn start(limits: Limits, drains: bool, buffers: Buffers) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap(), 16).unwrap();
        let address = listener.local_addr().unwrap();
        if let Buffers::Small = buffers {
            let socket = SockRef::from(&listener); // those that it accepts have the same
            socket.set_send_buffer_size(SMALL).unwrap();
        }
        let mut reactor = Reactor::new(limits).unwrap();
        reactor.add_listener(listener).unwrap();
        let waker = reactor.waker();
        let (ask, asked) = channel();
        let (answer, pending) = channel();
        let thread = thread::spawn(move || {
            let site = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/site"));
            let mut server = Server::new(Files::open(site).unwrap(), Handshake::default());
            server.heartbeat = Some(Duration::from_hours(1));
            let mut told = Told {
                server,
                drains,
                asked,
                pending: answer,
            };
            reactor.run(&mut told).unwrap();
        });
        Self {
            address,
            waker,
            ask,
            pending,
            thread: Some(thread),
        }
    }

    /// A client to whom a long message comes back. It has read the beginning.
    fn client(&self) -> Blocking {
        let address = format!("ws://{}/ws", self.address).parse().unwrap();
        let mut client = Blocking::connect(&address, &[]).unwrap();
        let socket = SockRef::from(client.stream());
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        socket.set_recv_buffer_size(SMALL).unwrap();
        client.send(Kind::Binary, &vec![b'm'; LONG]).unwrap();
        assert!(client.fill().unwrap() > 0);
        client
    }

    /// How much output is pending for the only client.
    #[track_caller]
    fn ask(&self, question: Question) -> u64 {
        self.ask.send(question).unwrap();
        self.waker.wake();
        let pending = self.pending.recv_timeout(DEADLINE).expect("an answer");
        pending.expect("a client that hasn't been cut off")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.waker.stop();
        let ended = self.thread.take().map(thread::JoinHandle::join);
        assert!(thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

#[track_caller]
fn expect_all(mut client: Blocking) {
    let message = client.receive().expect("the message");
    assert!(
        message == Incoming::Binary(vec![b'm'; LONG]),
        "it is another one"
    );
}

/// Each time the peer has taken a piece, the next piece is queued: looked at once in a period, as
/// much is pending as ever.
#[test]
fn a_peer_that_takes_piece_after_piece_is_alive() {
    let limits = Limits {
        high_water: 64 * 1024,
        low_water: 1,
        ..Limits::default()
    };
    expect_all(Running::start(limits, true, Buffers::Small).client());
}

/// All of the message is queued at once, so that nothing drains before its end.
#[test]
fn a_peer_that_takes_a_little_in_each_period_is_alive() {
    let limits = Limits {
        high_water: LONG as u64,
        low_water: 1,
        ..Limits::default()
    };
    let server = Running::start(limits, false, Buffers::Small);
    let mut client = server.client();
    for _ in 0..6 {
        let before = server.ask(Question::Period);
        while server.ask(Question::Pending) >= before {
            assert!(client.fill().unwrap() > 0);
        }
    }
    expect_all(client);
}

/// So little that epoll doesn't tell of room: that takes a third of the kernel's buffer.
#[test]
fn a_peer_that_takes_next_to_nothing_in_each_period_is_alive() {
    let server = Running::start(Limits::default(), false, Buffers::AsTheyAre);
    let mut client = server.client();
    for _ in 0..12 {
        server.ask(Question::Period);
        for _ in 0..6 {
            assert!(client.fill().unwrap() > 0); // 16 KiB
        }
    }
    expect_all(client);
}

/// A Ping would stand in the middle of a frame.
#[test]
fn a_peer_whose_output_is_full_is_not_asked() {
    let server = Running::start(Limits::default(), false, Buffers::Small);
    let client = server.client();
    let mut before = server.ask(Question::Period);
    loop {
        // Of two periods in which it has taken nothing, the second would bring a question.
        let pending = server.ask(Question::Period);
        if pending == before {
            break;
        }
        before = pending;
    }
    expect_all(client);
}
