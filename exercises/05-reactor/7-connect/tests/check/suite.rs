//! Addresses that answer, refuse, don't answer, or answer late, in several orders.

use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::panic::resume_unwind;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{fs, io, thread};

use crate::subject::connect;
use harness::call;
use nix::sys::resource::{UsageWho, getrusage};
use socket2::{Domain, Socket, Type};

const BOOK: &str = "05-connecting.html#the-other-half-connecting";
/// A time that isn't meant to pass.
const LONG: Duration = Duration::from_hours(1);
/// How long a call may take that should be over after half a second, or a little more than one.
const PATIENCE: Duration = Duration::from_secs(2);

/// What came of a call: whether it got where it should, or why not.
type Outcome = Result<String, String>;

#[test]
fn an_address_that_answers_is_reached() {
    let outcome = call(|| {
        let (listener, address) = answering();
        let outcome = reach(&[address], LONG, address);
        drop(listener);
        outcome
    });
    expect(
        "connect(&[answers], an hour)",
        &Ok("reached".into()),
        &outcome,
        "The handshake takes some microseconds. Once OUT is reported and SO_ERROR is 0, the socket is connected, and \
         it is to stay nonblocking.",
    );
}

#[test]
fn a_refusal_is_an_error() {
    let outcome = call(|| {
        let (_socket, address) = refusing();
        reach(&[address], LONG, address)
    });
    expect(
        "connect(&[refuses], an hour)",
        &Err("ConnectionRefused".into()),
        &outcome,
        "OUT says that the attempt is decided. A refused socket is reported as writable too; SO_ERROR tells the \
         difference.",
    );
}

#[test]
fn an_address_that_does_not_answer_does_not_hold_up_the_next() {
    let outcome = call(|| {
        let (_silent, _first, silent) = silent();
        let (_listener, address) = answering();
        reach(&[silent, address], LONG, address)
    });
    expect(
        "connect(&[doesn't answer, answers], an hour)",
        &Ok("reached".into()),
        &outcome,
        "After a quarter of a second, the second address is to be tried beside the first, and it is the second \
         socket that is connected.",
    );
}

#[test]
fn the_address_behind_a_refusal_is_tried_at_once() {
    let outcome = call(|| {
        let (_silent, _first, silent) = silent();
        let (_socket, refusing) = refusing();
        let (_listener, address) = answering();
        let mut addresses = vec![refusing; 20];
        addresses.insert(0, silent);
        addresses.push(address);
        reach(&addresses, LONG, address)
    });
    expect(
        "connect(&[doesn't answer, refuses 20 times, answers], an hour)",
        &Ok("reached".into()),
        &outcome,
        "An address that has failed needs no more time: its place is to be taken by the next at once, even while \
         another attempt is still pending. A quarter of a second for each would be five seconds.",
    );
}

#[test]
fn if_all_have_refused_that_is_the_error() {
    let outcome = call(|| {
        let (_one, one) = refusing();
        let (_two, two) = refusing();
        reach(&[one, two, one], LONG, one)
    });
    expect(
        "connect(&[refuses, refuses, refuses], an hour)",
        &Err("ConnectionRefused".into()),
        &outcome,
        "No address is left, and no attempt is pending: there is nothing to wait for, and the last failure is the \
         answer.",
    );
}

#[test]
fn without_an_address_there_is_nothing_to_wait_for() {
    let outcome = call(|| reach(&[], LONG, ([127, 0, 0, 1], 1).into()));
    expect(
        "connect(&[], an hour)",
        &Err("InvalidInput".into()),
        &outcome,
        "A list of addresses may be empty.",
    );
}

#[test]
fn the_time_is_up_where_nothing_answers() {
    let outcome = call(|| {
        let (_silent, _first, silent) = silent();
        reach(&[silent], Duration::from_millis(400), silent)
    });
    expect(
        "connect(&[doesn't answer], 400 ms)",
        &Err("TimedOut".into()),
        &outcome,
        "The kernel would try for two minutes. The caller has said how long it is willing to wait.",
    );
}

#[test]
fn all_addresses_have_one_deadline() {
    let outcome = call(|| {
        let (_silent, _first, silent) = silent();
        reach(&[silent; 40], Duration::from_millis(400), silent)
    });
    expect(
        "connect(&[doesn't answer, 40 times], 400 ms)",
        &Err("TimedOut".into()),
        &outcome,
        "The time holds for the whole call. If each address begins it anew, a caller waits for as long as the list is.",
    );
}

#[test]
fn an_answer_that_comes_late_still_counts() {
    let outcome = call(|| {
        let (late, _first, address) = silent();
        let (_silent, _other, silent) = silent();
        let before = descriptors();
        // The epoll and two sockets: both attempts are under way. Then there is room in the queue, and the kernel, which
        // repeats its attempt after a second, gets an answer.
        thread::spawn(move || {
            while descriptors() < before + 3 {
                thread::yield_now();
            }
            let accepted = [late.accept(), late.accept()];
            thread::sleep(PATIENCE);
            drop(accepted);
        });
        reach(&[address, silent], LONG, address)
    });
    expect(
        "connect(&[answers after a second, doesn't answer], an hour)",
        &Ok("reached".into()),
        &outcome,
        "The first address wasn't decided when the second one was tried. It stays in the race: whoever closes its \
         socket after a quarter of a second never reaches a server that is merely slow.",
    );
}

#[test]
fn no_descriptor_is_left_behind() {
    let left = call(|| {
        let (_silent, _first, silent) = silent();
        let (_socket, refusing) = refusing();
        let (_listener, address) = answering();
        let before = descriptors();
        for addresses in [
            &[silent, address][..],
            &[refusing, address],
            &[silent, refusing],
        ] {
            let _ = reach(addresses, Duration::from_millis(400), address);
        }
        descriptors().saturating_sub(before)
    });
    if left > 0 {
        fail(
            "three calls: one is won by the second of two, one by the address behind a refusal, one is given up",
            "no descriptor more than before, once the streams are dropped",
            &format!("{left} more"),
            "The sockets of the attempts that have not won, and the epoll, have to be closed.",
        );
    }
}

#[test]
fn it_sleeps_until_something_is_decided() {
    // A busy machine gives little CPU time to one that spins, but not as little as this.
    let used = call(|| {
        let (_silent, _first, silent) = silent();
        let before = cpu_time();
        let _ = reach(&[silent, silent], Duration::from_secs(1), silent);
        cpu_time().saturating_sub(before)
    });
    if used > Duration::from_millis(15) {
        fail(
            "connect(&[doesn't answer, doesn't answer], 1 s)",
            "next to no CPU time",
            &format!("{} ms of CPU time", used.as_millis()),
            "While nothing is decided and nothing is due there is nothing to do: epoll_wait takes the time until \
             the next address, or the deadline.",
        );
    }
}

/// Calls `connect`, and says what came of it.
fn reach(addresses: &[SocketAddr], within: Duration, wanted: SocketAddr) -> Outcome {
    let (tell, told) = mpsc::channel();
    let addresses = addresses.to_vec();
    let thread = thread::spawn(move || {
        let outcome = match connect(&addresses, within) {
            Ok(stream) => look_at(&stream, wanted),
            Err(error) => Err(format!("{:?}", error.kind())),
        };
        let _ = tell.send(outcome);
    });
    match told.recv_timeout(PATIENCE) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => Err("nothing after 2 seconds".into()),
        Err(RecvTimeoutError::Disconnected) => match thread.join() {
            Err(panic) => resume_unwind(panic),
            Ok(()) => Err("nothing".into()),
        },
    }
}

fn look_at(mut stream: &TcpStream, wanted: SocketAddr) -> Outcome {
    let would_block = |result: io::Result<usize>| {
        result.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    };
    match stream.peer_addr() {
        Ok(peer) if peer != wanted => Err(format!("a stream to {peer}, not to {wanted}")),
        Err(_) => Err("a stream that isn't connected".into()),
        // It would block for ever: nothing is sent by the other side.
        Ok(_) if !is_nonblocking(stream) => Err("a stream that blocks".into()),
        Ok(_) if would_block(stream.read(&mut [0])) => Ok("reached".into()),
        Ok(_) => Err("a stream that can't be read".into()),
    }
}

fn is_nonblocking(stream: &TcpStream) -> bool {
    socket2::SockRef::from(stream)
        .nonblocking()
        .unwrap_or(false)
}

fn answering() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An address where nothing listens: the port is taken, so nothing else can.
fn refusing() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&any.into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

/// An address that doesn't answer: its accept queue is full, so the kernel drops what arrives.
fn silent() -> (Socket, TcpStream, SocketAddr) {
    let (socket, address) = refusing();
    socket.listen(0).unwrap();
    let first = TcpStream::connect(address).unwrap();
    (socket, first, address)
}

/// How many descriptors this process has open.
fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// The CPU time of this process so far.
fn cpu_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    let micros = [usage.user_time(), usage.system_time()]
        .map(|time| time.tv_sec() * 1_000_000 + time.tv_usec());
    Duration::from_micros(u64::try_from(micros.iter().sum::<i64>()).unwrap_or(0))
}

#[track_caller]
fn expect(done: &str, expected: &Outcome, received: &Outcome, means: &str) {
    if received != expected {
        let words = |outcome: &Outcome| match outcome {
            Ok(text) | Err(text) => text.clone(),
        };
        fail(done, &words(expected), &words(received), means);
    }
}

#[track_caller]
fn fail(done: &str, expected: &str, received: &str, means: &str) -> ! {
    panic!(
        "done      {done}\n\
         expected  {expected}\n\
         received  {received}\n\
         it means  {means}\n\
         read      book: {BOOK}"
    )
}
