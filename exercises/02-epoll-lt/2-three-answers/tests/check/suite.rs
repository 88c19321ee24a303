//! Each answer alone, then one after the other; real sockets where they can be made to give it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::subject::{Drained, drain};
use socket2::SockRef;

const BOOK: &str = "02-epoll-lt.html#read-the-code";

/// How `drain` ended, and what was in the input then.
type Outcome = (String, Vec<u8>);

#[test]
fn nothing_to_read_is_no_error() {
    let outcome = harness::call(|| {
        let (_peer, mut socket) = pair();
        answer(&mut socket, b"")
    });
    check(
        &outcome,
        "Ok(WouldBlock)",
        b"",
        "Nobody has sent anything, and the connection is open. read says WouldBlock: not an error of the \
         connection, and not its end.",
    );
}

#[test]
fn bytes_then_nothing() {
    let outcome = harness::call(|| {
        let (mut peer, mut socket) = pair();
        send(&mut peer, b"hello\n");
        answer(&mut socket, b"")
    });
    check(
        &outcome,
        "Ok(WouldBlock)",
        b"hello\n",
        "The first read brings the six bytes, and only those are to be kept: behind them, the chunk is \
         still zero. The second read says WouldBlock, and that ends it for now.",
    );
}

#[test]
fn the_end_of_file_is_seen() {
    let outcome = harness::call(|| {
        let (peer, mut socket) = pair();
        drop(peer);
        answer(&mut socket, b"")
    });
    check(
        &outcome,
        "Ok(EndOfFile)",
        b"",
        "The peer has closed, and read returns Ok(0): nothing will ever come again. To wait for more \
         would be to wait for ever.",
    );
}

#[test]
fn bytes_and_the_end_that_follows_them() {
    let outcome = harness::call(|| {
        let (mut peer, mut socket) = pair();
        send(&mut peer, b"goodbye");
        peer.shutdown(Shutdown::Both)
            .expect("the peer is connected");
        answer(&mut socket, b"")
    });
    check(
        &outcome,
        "Ok(EndOfFile)",
        b"goodbye",
        "Bytes and the end of file are both there already, and read returns them one after the other. A \
         read that brings less than the chunk holds does not say that nothing follows.",
    );
}

#[test]
fn more_than_a_chunk_is_read_to_the_last_byte() {
    let outcome = harness::call(|| {
        let (mut peer, mut socket) = pair();
        send(&mut peer, &message());
        answer(&mut socket, b"")
    });
    check(
        &outcome,
        "Ok(WouldBlock)",
        &message(),
        "One read brings no more than its chunk holds. Read again until the socket says that nothing is \
         left.",
    );
}

#[test]
fn what_was_there_before_stays() {
    let outcome = harness::call(|| {
        let (mut peer, mut socket) = pair();
        send(&mut peer, b"lo\n");
        answer(&mut socket, b"hel")
    });
    check(
        &outcome,
        "Ok(WouldBlock)",
        b"hello\n",
        "`input` held \"hel\" already, from an earlier call. What comes now belongs behind it.",
    );
}

#[test]
fn an_interrupted_read_is_tried_again() {
    let outcome = harness::call(|| {
        let interrupted = || Err(ErrorKind::Interrupted.into());
        let mut script = Script(vec![
            interrupted(),
            Ok(b"one ".to_vec()),
            interrupted(),
            Ok(b"two".to_vec()),
            Err(ErrorKind::WouldBlock.into()),
        ]);
        answer(&mut script, b"")
    });
    check(
        &outcome,
        "Ok(WouldBlock)",
        b"one two",
        "EINTR only says that a signal came before the read had anything to say. Nothing is lost, and \
         nothing is known about the socket: ask it again.",
    );
}

#[test]
fn a_reset_is_an_error() {
    let outcome = harness::call(|| {
        let (peer, mut socket) = tcp_pair();
        SockRef::from(&peer)
            .set_linger(Some(Duration::ZERO))
            .expect("a TCP socket can linger");
        drop(peer);
        wait_until_reset(&socket);
        answer(&mut socket, b"")
    });
    check(
        &outcome,
        "Err(ConnectionReset)",
        b"",
        "The peer has cut the connection with a reset (RST). That is an error, and the caller needs to \
         know: it is neither the end of file nor \"nothing now\".",
    );
}

#[test]
fn bytes_before_an_error_are_kept() {
    let outcome = harness::call(|| {
        let mut script = Script(vec![
            Ok(b"almost".to_vec()),
            Err(ErrorKind::TimedOut.into()),
        ]);
        answer(&mut script, b"")
    });
    check(
        &outcome,
        "Err(TimedOut)",
        b"almost",
        "Bytes came, then an error (here: the network died). The error is returned, and the bytes that \
         came before it are in `input`.",
    );
}

/// Drains `socket` into an input that holds `before` already.
fn answer(socket: &mut impl Read, before: &[u8]) -> Outcome {
    let mut input = before.to_vec();
    let said = match drain(socket, &mut input) {
        Ok(Drained::WouldBlock) => "Ok(WouldBlock)".to_owned(),
        Ok(Drained::EndOfFile) => "Ok(EndOfFile)".to_owned(),
        Err(error) => format!("Err({:?})", error.kind()),
    };
    (said, input)
}

#[track_caller]
fn check((said, input): &Outcome, expected: &str, bytes: &[u8], means: &str) {
    let mut facts = Vec::new();
    if said != expected {
        facts.push(format!("expected  {expected}\nreceived  {said}"));
    }
    if let Some(lines) = harness::diff(bytes, input) {
        facts.push("the input, in the end:".to_owned());
        facts.extend(lines);
    }
    assert!(
        facts.is_empty(),
        "{}\nit means  {means}\nread      book: {BOOK}",
        facts.join("\n")
    );
}

/// A peer, and a nonblocking socket connected to it.
fn pair() -> (UnixStream, UnixStream) {
    let (peer, socket) = UnixStream::pair().expect("a pair of sockets");
    socket
        .set_nonblocking(true)
        .expect("a socket can be nonblocking");
    (peer, socket)
}

/// The same over TCP, where a connection can be reset.
fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let peer = TcpStream::connect(address).expect("nobody else is in the queue");
    let (socket, _) = listener.accept().expect("a client waits");
    socket
        .set_nonblocking(true)
        .expect("a socket can be nonblocking");
    (peer, socket)
}

/// getpeername(2) fails once the connection is gone; unlike a read, it leaves the error where it is.
fn wait_until_reset(socket: &TcpStream) {
    while socket.peer_addr().is_ok() {
        std::thread::yield_now();
    }
}

fn send(peer: &mut UnixStream, bytes: &[u8]) {
    peer.write_all(bytes).expect("the socket has room for this");
}

/// Longer than a chunk, and no multiple of it.
fn message() -> Vec<u8> {
    (0..=u8::MAX).cycle().take(10_000).collect()
}

/// A socket that gives these answers, and then no more.
struct Script(Vec<io::Result<Vec<u8>>>);

impl Read for Script {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(!self.0.is_empty(), "drain read on after the last answer");
        let bytes = self.0.remove(0)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}
