//! A server in a thread, which may hold little of its clients' messages.

mod blocking;

use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use blocking::Blocking;
use ch07_websocket::{
    Handshake, Header, Incoming, Kind, Mask, Memory, Opcode, Server, write_fragment, write_frame,
};
use http::Files;
use reactor::{Limits, Reactor, Waker, listen};

/// Stopped when dropped.
struct Running {
    address: SocketAddr,
    waker: Waker,
    thread: Option<thread::JoinHandle<()>>,
}

impl Running {
    fn start(limit: usize) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap(), 16).unwrap();
        let address = listener.local_addr().unwrap();
        let mut reactor = Reactor::new(Limits::default()).unwrap();
        reactor.add_listener(listener).unwrap();
        let waker = reactor.waker();
        let thread = thread::spawn(move || {
            let site = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/site"));
            let mut server = Server::new(Files::open(site).unwrap(), Handshake::default());
            server.memory = Memory::new(limit);
            reactor.run(&mut server).unwrap();
            assert_eq!(server.memory.held(), 0, "held, and for nobody");
        });
        Self {
            address,
            waker,
            thread: Some(thread),
        }
    }

    fn client(&self) -> Blocking {
        let address = format!("ws://{}/ws", self.address);
        let address = address.parse().expect("an address");
        let client = Blocking::connect(&address, &[]).expect("a server");
        let deadline = Some(Duration::from_secs(20));
        client
            .stream()
            .set_read_timeout(deadline)
            .expect("a socket");
        client
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.waker.stop();
        let ended = self.thread.take().map(thread::JoinHandle::join);
        assert!(thread::panicking() || matches!(ended, Some(Ok(()))));
    }
}

/// Looks at the first bytes of what has come, and leaves them there.
fn peek(client: &Blocking) -> [u8; 10] {
    let mut bytes = [0; 10];
    loop {
        match client.stream().peek(&mut bytes) {
            Ok(10) => return bytes,
            Ok(1..) => thread::yield_now(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {} // a frozen machine
            outcome => panic!("no frame: {outcome:?}"),
        }
    }
}

const MASK: Mask = Mask::new([1, 2, 3, 4]);

/// A frame of a message whose bytes are all `m`, of which more are to come.
fn beginning(length: usize) -> Vec<u8> {
    let header = Header {
        opcode: Opcode::Binary,
        last: false,
        compressed: false,
        mask: Some(MASK),
        length: length as u64,
    };
    let mut frame = Vec::new();
    write_fragment(&mut frame, header, &vec![b'm'; length]);
    frame
}

#[test]
fn a_message_that_is_too_much_to_hold_comes_back_while_it_is_being_sent() {
    const LENGTH: usize = 1024 * 1024;
    let server = Running::start(LENGTH / 2);
    let mut client = server.client();
    let mut stream = client.stream().try_clone().expect("a second handle");
    let (came_back, end) = mpsc::channel();
    let sends = thread::spawn(move || {
        stream.write_all(&beginning(LENGTH))?;
        // Its end is sent once its beginning has come back.
        let _ = end.recv(); // or has not, and the test has failed
        let mut frame = Vec::new();
        write_frame(&mut frame, Opcode::Continuation, Some(MASK), b"mm");
        stream.write_all(&frame)
    });
    assert_eq!(peek(&client)[0], 0x02, "binary, and not the last");
    came_back.send(()).expect("the sender waits");
    let expected = Incoming::Binary(vec![b'm'; LENGTH + 2]);
    assert!(
        client.receive().expect("the message") == expected,
        "it is another one"
    );
    sends.join().expect("no panic").expect("it was sent");
    client.send(Kind::Text, b"short").expect("another");
    assert_eq!(
        client.receive().expect("it"),
        Incoming::Text("short".to_owned())
    );
}

#[test]
fn a_message_of_128_kib_is_held_even_if_nothing_is_left() {
    let server = Running::start(0);
    let mut client = server.client();
    let half = vec![b'm'; 60_000];
    client
        .send_frame(Opcode::Binary, false, &half)
        .expect("its beginning");
    client.ping(b"").expect("a question");
    assert_eq!(client.receive().expect("a Pong"), Incoming::Pong(vec![]));
    client
        .send_frame(Opcode::Continuation, true, &half)
        .expect("its end");
    assert_eq!(
        peek(&client),
        *b"\x82\x7f\0\0\0\0\0\x01\xd4\xc0",
        "one frame of 120,000 bytes"
    );
}

#[test]
fn what_was_held_for_a_peer_that_left_is_free_again() {
    let server = Running::start(1024 * 1024); // which counts when it is stopped
    let mut client = server.client();
    client
        .send_frame(Opcode::Binary, false, &[b'm'; 1000])
        .expect("a beginning");
    client.ping(b"").expect("a question");
    assert_eq!(client.receive().expect("a Pong"), Incoming::Pong(vec![]));
}
