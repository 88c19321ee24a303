//! The same streams where the server allows its clients little: whatever a turn may read, keep and
//! write, the rest has its turn, too.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use ch06_http::{Files, Site, demo_routes};
use harness::Server;
use harness::stream::made_up::{cases, size, try_out};
use harness::stream::{Stream, converse};
use proptest::collection::vec;
use proptest::prelude::*;
use reactor::{Limits, Reactor, Waker, listen};
use socket2::SockRef;

use crate::requests::{Answers, asked, directory};
use crate::start;

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
            // Loopback's segments of 64 KiB would fill them at once, and the kernel's pauses double.
            socket.set_tcp_mss(1448).unwrap();
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

/// Limits from next to nothing to what is usual. The heads of requests have to fit the input.
fn limits() -> impl Strategy<Value = Limits> {
    let input = (size(64 * 1024), 1..5_usize, size(128 * 1024));
    let output = (size(256 * 1024), any::<u64>(), size(256 * 1024));
    (input, output).prop_map(|((read, reads, input), (high, low, write))| {
        let high_water = high as u64 + 1;
        Limits {
            read: read.max(64),
            reads,
            input: input.max(512),
            high_water,
            low_water: 1 + low % (high_water - 1),
            write: write.max(64),
            ..Limits::default()
        }
    })
}

/// Has a server for each client of `listener`: it says its limits, and is told where that listens.
fn serve_each(listener: &TcpListener, directory: &Path) {
    let mut last: Option<Waker> = None;
    for client in listener.incoming() {
        let mut client = client.unwrap();
        let mut line = String::new();
        BufReader::new(&client).read_line(&mut line).unwrap();
        let numbers = line
            .split_whitespace()
            .map(|number| number.parse().unwrap());
        let numbers: Vec<usize> = numbers.collect();
        let [read, reads, input, high, low, write] = numbers[..] else {
            panic!("six numbers, not {line:?}");
        };
        let limits = Limits {
            read,
            reads,
            input,
            high_water: high as u64,
            low_water: low as u64,
            write,
            ..Limits::default()
        };
        let listener = listen("127.0.0.1:0".parse().unwrap(), 16).unwrap();
        writeln!(client, "{}", listener.local_addr().unwrap()).unwrap();
        let files = Files::open(directory).unwrap();
        let (sender, waker) = mpsc::channel();
        thread::spawn(move || {
            let mut reactor = Reactor::new(limits).unwrap();
            reactor.add_listener(listener).unwrap();
            sender.send(reactor.waker()).unwrap();
            let mut site = Site::new(files, demo_routes(), ());
            reactor.run(&mut site).unwrap();
        });
        if let Some(last) = last.replace(waker.recv().unwrap()) {
            last.stop();
        }
    }
}

/// The address of a new server with these limits.
fn ask_for(server: &Server, limits: &Limits) -> Result<SocketAddr, String> {
    let Limits {
        read,
        reads,
        input,
        high_water,
        low_water,
        write,
        ..
    } = limits;
    let line = format!("{read} {reads} {input} {high_water} {low_water} {write}\n");
    let mut address = String::new();
    TcpStream::connect(server.address())
        .and_then(|mut stream| {
            stream.write_all(line.as_bytes())?;
            BufReader::new(&stream).read_line(&mut address)
        })
        .map_err(|error| format!("no server: {error}\n{}", server.report()))?;
    let address = address.trim().parse();
    address.map_err(|error| format!("no address: {error}"))
}

#[test]
fn with_limits_of_any_size() {
    let directory = directory();
    let limited = Server::answer(|listener: TcpListener| serve_each(&listener, directory.path()));
    let program = start(&["--root", directory.name()]);
    let answers = Answers::of(&program);
    let case = (limits(), vec(asked(), 1..3));
    try_out(file!(), cases().div_ceil(2), &case, |(limits, clients)| {
        // First: a child begins as its test does, so it has written the files once more.
        let to = Some(ask_for(&limited, &limits)?);
        let streams = clients.into_iter().map(|asked| Stream {
            to,
            ..answers.stream(asked)
        });
        converse(&limited, streams.collect()).map(|_| ())
    });
}

/// 128 MiB are all that the server holds, however many clients there are.
#[test]
fn what_all_bodies_hold_together_has_a_limit_and_the_oldest_is_told_so() {
    let server = start(&[]);
    let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048576\r\n\r\n";
    let most = [head.as_bytes(), &vec![b'x'; 1_048_575]].concat();
    let mut clients: Vec<_> = (0..140).map(|_| server.client()).collect();
    for client in &mut clients {
        client.send(&most);
        client.wait_until_read();
    }
    clients[0].expect(b"HTTP/1.1 503 ");
    let last = clients.last_mut().expect("there are some");
    last.send(b"x");
    last.expect(b"HTTP/1.1 200 ");
}
