//! Running out of descriptors.

use std::fs::{self, DirEntry, File};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use ch05_reactor::{Limits, LineEcho, Reactor, listen};
use harness::{Client, DEADLINE, Server};
use nix::sys::resource::{Resource, setrlimit};

const LIMIT: usize = 40;

/// A server that has run out of descriptors; its clients that are served, and those that wait.
fn exhausted() -> (Server, Vec<Client>, Vec<Client>) {
    let limited = format!("ulimit -n {LIMIT} && exec \"$0\" \"$@\"");
    let server = Server::spawn("sh", &["-c", &limited, env!("CARGO_BIN_EXE_ch05-reactor")]);
    let mut first = server.client();
    first.exchange(b"hello\n", b"hello\n");
    let room = LIMIT - descriptors(&server);
    let mut inside = vec![first];
    inside.append(&mut server.clients(room + 20));
    while descriptors(&server) < LIMIT {
        thread::yield_now();
    }
    // Connections are accepted in their order.
    let waiting = inside.split_off(1 + room);
    (server, inside, waiting)
}

/// How many descriptors below the limit the server has open. It may have inherited higher ones.
fn descriptors(server: &Server) -> usize {
    let open = fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
    let number = |entry: io::Result<DirEntry>| entry.ok()?.file_name().to_str()?.parse().ok();
    open.filter_map(number)
        .filter(|&number: &usize| number < LIMIT)
        .count()
}

#[test]
fn without_descriptors_the_old_clients_are_still_served() {
    let (_server, mut inside, mut waiting) = exhausted();
    for client in &mut inside {
        client.exchange(b"still here\n", b"still here\n");
    }
    waiting[0].send(b"hello?\n");
    waiting[0].expect_silence(Duration::from_millis(300));
}

#[test]
fn without_descriptors_the_server_sleeps() {
    let (server, _served, _waiting) = exhausted();
    server.expect_sleep(Duration::from_secs(1));
}

#[test]
fn when_descriptors_are_free_again_those_who_waited_are_served() {
    let (_server, mut inside, mut waiting) = exhausted();
    for client in &mut waiting {
        inside.remove(0); // one leaves, and one comes in
        client.exchange(b"at last\n", b"at last\n");
    }
}

#[test]
fn a_descriptor_that_somebody_else_frees_is_noticed() {
    // In a process of its own: the limit holds for all threads.
    let answer: String = harness::call(|| {
        let listener = listen("127.0.0.1:0".parse().unwrap(), 16).unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let mut reactor = Reactor::new(Limits::default()).unwrap();
            reactor.add_listener(listener).unwrap();
            reactor.run(&mut LineEcho)
        });
        let mut client = TcpStream::connect(address).unwrap();
        client.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut answer = [0; 6];
        client.write_all(b"first\n").unwrap();
        client.read_exact(&mut answer).unwrap();
        // Now the process takes all descriptors but one, and that one is the next client's.
        setrlimit(Resource::RLIMIT_NOFILE, 64, 64).unwrap();
        let mut hogs: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        hogs.pop();
        let mut next = TcpStream::connect(address).unwrap();
        next.write_all(b"second\n").unwrap();
        // No read with a timeout: one that is interrupted, as by SIGSTOP, waits anew.
        thread::sleep(Duration::from_millis(300));
        next.set_nonblocking(true).unwrap();
        let mut answer = [0; 7];
        let early = next.read(&mut answer).map_err(|error| error.kind());
        assert_eq!(
            early,
            Err(io::ErrorKind::WouldBlock),
            "without a descriptor"
        );
        hogs.clear();
        next.set_nonblocking(false).unwrap();
        next.set_read_timeout(Some(DEADLINE)).unwrap();
        next.read_exact(&mut answer).unwrap();
        String::from_utf8(answer.into()).unwrap()
    });
    assert_eq!(answer, "second\n");
}
