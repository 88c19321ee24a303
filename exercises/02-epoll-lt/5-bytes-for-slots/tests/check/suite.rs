//! What `wait` names, with few descriptors and with many; then a server that stands on it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;

use crate::subject::{Ready, SLOTS};
use harness::Server;
use nix::sys::epoll::EpollTimeout;

const BOOK: &str = "02-epoll-lt.html#beside-the-documents";

/// More than there are slots.
const MANY: u64 = 30;

/// The tokens that several waits have named.
type Named = Vec<Vec<u64>>;

#[test]
fn a_ready_one_is_named() {
    let named: Named = harness::call(|| {
        let mut watched = Watched::new(3);
        watched.write(2);
        vec![watched.wait()]
    });
    if !named[0].contains(&2) {
        fail(
            "ready     2\nexpected  2 is among those named",
            &named,
            "A byte waits in the socket that is watched as 2.",
        );
    }
}

#[test]
fn only_the_ready_ones_are_named() {
    let named: Named = harness::call(|| {
        let mut watched = Watched::new(5);
        watched.write(2);
        watched.write(4);
        vec![watched.wait()]
    });
    if sorted(&named[0]) != [2, 4] {
        fail(
            "ready     2 and 4\nexpected  [2, 4]",
            &named,
            "epoll_wait says how many slots it has filled: here, two. Only so many tokens mean anything.",
        );
    }
}

#[test]
fn after_all_has_been_read_nobody_is_named() {
    let named: Named = harness::call(|| {
        let mut watched = Watched::new(5);
        for token in 1..=5 {
            watched.write(token);
        }
        let first = watched.wait();
        watched.read_all();
        vec![first, watched.wait()]
    });
    if !named[1].is_empty() {
        fail(
            "ready     1 to 5 at the first wait, nobody at the second\n\
             expected  [1, 2, 3, 4, 5], then []",
            &named,
            "The second wait has filled no slot. What lies in the array is left from the first: stale \
             events, of descriptors that are not ready now, and perhaps closed long ago.",
        );
    }
}

#[test]
fn thirty_are_ready_and_twenty_are_named() {
    let named: Named = harness::call(|| {
        let mut watched = Watched::new(MANY);
        for token in 1..=MANY {
            watched.write(token);
        }
        vec![watched.wait()]
    });
    let distinct: BTreeSet<_> = named[0].iter().collect();
    if named[0].len() != SLOTS || distinct.len() != SLOTS {
        fail(
            &format!("ready     1 to {MANY}\nexpected  {SLOTS} of them, each once"),
            &named,
            "The kernel fills as many slots as the array has. It has to have SLOTS of them: slots, not \
             bytes.",
        );
    }
}

#[test]
fn each_of_thirty_gets_its_turn() {
    let named: Named = harness::call(|| {
        let mut watched = Watched::new(MANY);
        for token in 1..=MANY {
            watched.write(token);
        }
        vec![watched.wait(), watched.wait()]
    });
    let distinct: BTreeSet<_> = named.iter().flatten().copied().collect();
    if distinct != (1..=MANY).collect() {
        fail(
            &format!(
                "ready     1 to {MANY}, and nobody reads\nexpected  each of them within two waits"
            ),
            &named,
            "What the kernel has reported moves to the end of its list. Who asks for more than it looks \
             at, and drops the rest, always looks at the same ones; the others starve.",
        );
    }
}

#[test]
fn thirty_clients_may_speak_at_once() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Thirty clients spoke while the server was stopped, so that one epoll_wait found them all ready. \
         Each of them should get its answer.",
        BOOK,
    );
    let mut clients = server.clients(usize::try_from(MANY).expect("30 fits"));
    for client in &mut clients {
        client.send(b"one\n");
        client.expect(b"one\n");
    }
    server.while_stopped(|| {
        for client in &mut clients {
            client.send(b"two\n");
        }
    });
    for client in &mut clients {
        client.expect(b"two\n");
    }
}

#[test]
fn a_server_on_top_of_it_sleeps() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Nothing is ready, and the server has all the time there is (EpollTimeout::NONE): `wait` is to sleep until \
         something comes.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"one\n");
    client.expect(b"one\n");
    server.expect_no_wake_ups();
}

#[test]
fn a_stop_is_no_answer() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The process was stopped and went on while it slept in epoll_wait, which then fails with EINTR. That says \
         nothing of any descriptor: wait again.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"one\n");
    client.expect(b"one\n");
    for _ in 0..3 {
        server.wait_until_asleep();
        server.while_stopped(|| {});
    }
    server.wait_until_asleep();
    client.send(b"two\n");
    client.expect(b"two\n");
}

#[test]
fn a_token_has_64_bits() {
    let tokens = [u64::MAX, 1 << 32, (1 << 63) + 7];
    let named: Named = harness::call(|| {
        let mut ready = Ready::new().expect("a descriptor for epoll");
        let pairs = tokens.map(|_| UnixStream::pair().expect("a pair of sockets"));
        for (token, (socket, peer)) in tokens.iter().zip(&pairs) {
            ready
                .watch(socket, *token)
                .expect("a socket can be watched");
            (&mut &*peer).write_all(b"x").expect("the socket has room");
        }
        let named = ready.wait(EpollTimeout::ZERO).expect("a wait");
        vec![named.to_vec()]
    });
    let mut expected = tokens.to_vec();
    expected.sort_unstable();
    if sorted(&named[0]) != expected {
        fail(
            &format!("ready     {expected:?}\nexpected  these, in any order"),
            &named,
            "What epoll hands back are the 64 bits that it was given, all of them.",
        );
    }
}

#[test]
fn what_is_watched_already_is_refused() {
    let ready = Ready::new().expect("a descriptor for epoll");
    let (socket, _peer) = UnixStream::pair().expect("a pair of sockets");
    ready.watch(&socket, 1).expect("a socket can be watched");
    assert!(
        ready.watch(&socket, 2).is_err(),
        "expected  EEXIST\nreceived  Ok(())\nit means  epoll_ctl(2) refuses to register a descriptor \
         twice, and the caller needs to know.\nread      book: {BOOK}"
    );
}

/// Sockets that are watched as 1, 2, 3 and so on, and their peers.
struct Watched {
    ready: Ready,
    sockets: Vec<(UnixStream, UnixStream)>,
}

impl Watched {
    fn new(number: u64) -> Self {
        let ready = Ready::new().expect("a descriptor for epoll");
        let sockets = (1..=number).map(|token| {
            let (socket, peer) = UnixStream::pair().expect("a pair of sockets");
            ready
                .watch(&socket, token)
                .expect("a socket can be watched");
            (socket, peer)
        });
        let sockets = sockets.collect();
        Self { ready, sockets }
    }

    /// Makes `token` ready.
    fn write(&mut self, token: u64) {
        let (_, peer) = &mut self.sockets[usize::try_from(token - 1).expect("a small number")];
        peer.write_all(b"x").expect("the socket has room");
    }

    /// Reads the byte that waits in each socket.
    fn read_all(&mut self) {
        for (socket, _) in &mut self.sockets {
            socket.read_exact(&mut [0]).expect("a byte waits");
        }
    }

    fn wait(&mut self) -> Vec<u64> {
        match self.ready.wait(EpollTimeout::ZERO) {
            Ok(tokens) => tokens.to_vec(),
            Err(error) if error.kind() == ErrorKind::InvalidInput => {
                panic!("wait returned {error}: the kernel refuses an array of length 0")
            }
            Err(error) => panic!("wait returned {error}"),
        }
    }
}

/// An echo server on top of [`Ready`].
fn serve(listener: &TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut ready = Ready::new()?;
    ready.watch(listener, 0)?;
    let mut clients = BTreeMap::new();
    let mut next = 1;
    loop {
        for &token in &ready.wait(EpollTimeout::NONE)?.to_vec() {
            if token > 0 {
                if clients.get(&token).is_some_and(|client| !echo(client)) {
                    clients.remove(&token);
                }
            } else if let Ok((client, _)) = listener.accept() {
                client.set_nonblocking(true)?;
                ready.watch(&client, next)?;
                clients.insert(next, client);
                next += 1;
            }
        }
    }
}

/// Sends back what has come; false if the client has left.
fn echo(mut client: &TcpStream) -> bool {
    let mut input = [0; 64];
    match client.read(&mut input) {
        Ok(0) => false,
        Ok(count) => client.write_all(&input[..count]).is_ok(),
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}

fn sorted(tokens: &[u64]) -> Vec<u64> {
    let mut tokens = tokens.to_vec();
    tokens.sort_unstable();
    tokens
}

/// Ends the test with a verdict.
#[track_caller]
fn fail(facts: &str, named: &Named, means: &str) -> ! {
    let named: Vec<String> = named.iter().map(|tokens| format!("{tokens:?}")).collect();
    let named = named.join(",\n          then ");
    panic!("{facts}\nreceived  {named}\nit means  {means}\nread      book: {BOOK}");
}
