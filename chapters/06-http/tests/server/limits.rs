//! The same streams where the server allows its clients little: whatever a turn may read, keep and
//! write, the rest has its turn, too.

use std::net::TcpListener;

use ch06_http::{Files, Site, demo_routes};
use harness::Server;
use harness::stream::converse;
use harness::stream::made_up::{cases, try_out};
use proptest::collection::vec;
use reactor::{Limits, Reactor};
use socket2::SockRef;

use crate::requests::{Answers, asked, directory};

/// What the server's kernel holds for a connection, each way.
#[derive(Clone, Copy)]
enum Sockets {
    AsTheyAre,
    /// About so many bytes.
    Of(usize),
}

/// How many tests share a chapter's cases.
const TESTS: u32 = 8;

#[track_caller]
fn try_with(limits: Limits, sockets: Sockets) {
    let directory = directory();
    let server = Server::answer(|listener: TcpListener| {
        if let Sockets::Of(bytes) = sockets {
            // Those that it accepts have the same (socket(7), tcp(7)).
            let socket = SockRef::from(&listener);
            socket.set_send_buffer_size(bytes).unwrap();
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let files = Files::open(directory.path()).unwrap();
        let mut reactor = Reactor::new(limits).unwrap();
        reactor.add_listener(listener).unwrap();
        reactor
            .run(&mut Site::new(files, demo_routes(), ()))
            .unwrap();
    });
    let answers = Answers::of(&server);
    let number = cases().div_ceil(TESTS);
    try_out(file!(), number, &vec(asked(), 1..3), |clients| {
        let streams = clients.into_iter().map(|asked| answers.stream(asked));
        converse(&server, streams.collect()).map(|_| ())
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

#[test]
fn with_the_reactors_own_limits() {
    try_with(Limits::default(), Sockets::AsTheyAre);
}
