//! The same streams where the reactor allows its peers little.

use std::net::TcpListener;
use std::path::Path;

use ch07_websocket::Handshake;
use harness::Server;
use harness::stream::converse;
use harness::stream::made_up::{cases, try_out};
use http::Files;
use proptest::collection::vec;
use reactor::{Limits, Reactor};
use socket2::SockRef;

use crate::said::{Said, said};

/// What the server's kernel holds for a connection, each way.
#[derive(Clone, Copy)]
enum Sockets {
    AsTheyAre,
    /// About so many bytes.
    Of(usize),
}

/// How many tests share a chapter's cases.
const TESTS: u32 = 7;

#[track_caller]
fn try_with(limits: Limits, sockets: Sockets) {
    let server = Server::answer(|listener: TcpListener| {
        if let Sockets::Of(bytes) = sockets {
            // Those that it accepts have the same (socket(7), tcp(7)).
            let socket = SockRef::from(&listener);
            socket.set_send_buffer_size(bytes).unwrap();
            socket.set_recv_buffer_size(bytes).unwrap();
            // Loopback's segments of 64 KiB would fill them at once, and the kernel's pauses double.
            socket.set_tcp_mss(1448).unwrap();
        }
        let site = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/site"));
        let files = Files::open(site).unwrap();
        let mut server = ch07_websocket::Server::new(files, Handshake::default());
        server.heartbeat = None; // its Ping would wake what has come to a standstill
        let mut reactor = Reactor::new(limits).unwrap();
        reactor.add_listener(listener).unwrap();
        reactor.run(&mut server).unwrap();
    });
    let number = cases().div_ceil(TESTS);
    try_out(file!(), number, &vec(said(), 1..3), |clients| {
        let streams = clients.into_iter().map(Said::stream).collect();
        converse(&server, streams).map(|_| ())
    });
}

#[test]
fn with_tiny_limits() {
    let limits = Limits {
        read: 64,
        reads: 1,
        input: 512,
        high_water: 1000,
        low_water: 500,
        write: 512,
        ..Limits::default()
    };
    try_with(limits, Sockets::AsTheyAre);
}

#[test]
fn with_output_that_is_always_full() {
    let limits = Limits {
        high_water: 2,
        low_water: 1,
        ..Limits::default()
    };
    try_with(limits, Sockets::AsTheyAre);
}

#[test]
fn with_output_that_has_drained_at_once() {
    let limits = Limits {
        high_water: 10_000,
        low_water: 9999,
        reads: 3,
        ..Limits::default()
    };
    try_with(limits, Sockets::Of(8 * 1024));
}

#[test]
fn with_one_small_read_a_turn() {
    let limits = Limits {
        read: 1000,
        reads: 1,
        ..Limits::default()
    };
    try_with(limits, Sockets::AsTheyAre);
}

#[test]
fn with_input_as_long_as_a_read() {
    let limits = Limits {
        read: 4096,
        reads: 2,
        input: 4096,
        high_water: 16 * 1024,
        low_water: 4096,
        ..Limits::default()
    };
    try_with(limits, Sockets::AsTheyAre);
}

#[test]
fn with_small_writes() {
    let limits = Limits {
        write: 3000,
        ..Limits::default()
    };
    try_with(limits, Sockets::Of(16 * 1024));
}

#[test]
fn with_small_sockets() {
    try_with(Limits::default(), Sockets::Of(4096));
}
