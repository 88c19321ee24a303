//! Clients that read, that read late, and that don't read at all.

use std::fs;
use std::time::Duration;

use crate::subject::serve;
use harness::{Client, EpollFlags, Server};

const BOOK: &str = "03-epoll-et.html#read-the-code";

#[test]
fn small_messages_come_back() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "There is room for a few bytes: they come back at once.",
        BOOK,
    );
    let mut client = server.client();
    for message in [&b"one"[..], b"two", b"three"] {
        client.send(message);
        client.expect(message);
    }
    client.finish_sending();
    client.expect_end();
}

#[test]
fn a_client_that_reads_late_gets_every_byte() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client sent without reading until nothing more went in, then it read. Where the socket took \
         only a part of an answer, the rest has to wait in your buffer for room (EPOLLOUT).",
        BOOK,
    );
    let (mut client, bytes) = full_client(&server);
    client.expect(&bytes);
    client.send(b"and again");
    client.expect(b"and again");
}

#[test]
fn a_client_that_has_finished_sending_gets_the_rest() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client sent without reading, finished sending, and then read. End of file says that it \
         will send no more. It does not say that it has got its answer: that may still be in your buffer.",
        BOOK,
    );
    let (mut client, bytes) = full_client(&server);
    client.finish_sending();
    client.expect_last(&bytes);
}

#[test]
fn others_are_served_while_one_does_not_read() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "One client doesn't read. Whoever waits for it in `turn`, asleep or awake, has everybody wait.",
        BOOK,
    );
    let (_full, _) = full_client(&server);
    let mut other = server.client();
    other.send(b"hello");
    other.expect(b"hello");
}

#[test]
fn it_sleeps_while_a_client_does_not_read() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client doesn't read, and so the server has stopped reading from it: bytes wait unread in the \
         socket. Whoever still watches for them (EPOLLIN) is told so again and again.",
        BOOK,
    );
    let (_full, _) = full_client(&server);
    expect_sleep(&server);
}

#[test]
fn it_sleeps_while_a_client_has_nothing_to_say() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "The client has got its answer and is silent. Its socket has room, as it nearly always has. \
         Whoever watches for that (EPOLLOUT) without anything to send is told so again and again.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello");
    client.expect(b"hello");
    expect_sleep(&server);
}

#[test]
fn a_client_that_never_reads_fills_no_memory() {
    let server = Server::answer(|listener| serve(&listener));
    let mut client = server.client();
    let taken = client.flood(&pattern(64 << 20)) >> 20;
    server.wait_until_asleep();
    let most = most_memory(&server) >> 20;
    assert!(
        most < 24,
        "sent      64 MiB, without reading any of the answers\n\
         expected  a server that needs less than 24 MiB\n\
         received  it took {taken} MiB, and needed {most} MiB of memory\n\
         it means  What this client doesn't read has to stay somewhere: if the server goes\n          \
         on reading, in its memory. Read only while no output is pending.\n\
         read      book: {BOOK}"
    );
}

#[test]
fn epoll_watches_for_what_a_client_waits_for() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "One thread serves all clients, so it can't sleep in a call on one of them: epoll has to watch for its \
         input while no answer is pending, and for room while one is.",
        BOOK,
    );
    let mut client = server.client();
    client.send(b"hello");
    client.expect(b"hello");
    server.expect_watched(&client, EpollFlags::EPOLLIN);
    let (full, _) = full_client(&server);
    server.expect_watched(&full, EpollFlags::EPOLLOUT);
}

#[test]
fn clients_leave_no_descriptor_behind() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "Clients have got their answers, and have gone. Their sockets are still open in the server.",
        BOOK,
    );
    server.expect_no_leak(|| {
        let mut client = server.client();
        client.send(b"hello");
        client.finish_sending();
        client.expect_last(b"hello");
    });
}

#[test]
fn a_client_that_vanishes_harms_nobody() {
    let server = Server::answer(|listener| serve(&listener));
    server.teach(
        "A client cut its connection while the server still had bytes for it. The next write to it fails; \
         that is the end of this client only.",
        BOOK,
    );
    let (full, _) = full_client(&server);
    full.reset();
    let mut other = server.client();
    other.send(b"hello");
    other.expect(b"hello");
    expect_sleep(&server);
}

/// A client that has sent without reading until nothing more went in, and what it has sent.
fn full_client(server: &Server) -> (Client, Vec<u8>) {
    let mut client = server.client();
    let mut bytes = pattern(16 << 20);
    let taken = client.flood(&bytes);
    bytes.truncate(taken);
    (client, bytes)
}

/// Bytes in which each gap and each repetition shows.
fn pattern(size: usize) -> Vec<u8> {
    let letters: Vec<u8> = (b'0'..=b'y').filter(u8::is_ascii_alphanumeric).collect();
    letters.repeat(size / letters.len()) // 61 letters: no power of two fits
}

/// Checks that the server sleeps. Even where many others want the processors, one that spins gets more
/// than 1 % of one; one that sleeps needs next to nothing.
fn expect_sleep(server: &Server) {
    let used = server.cpu_over(Duration::from_millis(200));
    if used > Duration::from_millis(2) {
        let used = format!("{} ms of CPU time in 200 ms", used.as_millis());
        server.fail_with("a server that sleeps", &used);
    }
    server.expect_no_wake_ups();
}

/// The most memory that the server has had at any time, in bytes: `VmHWM` in `/proc/PID/status`
/// (`proc_pid_status(5)`).
fn most_memory(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
    match kibibytes {
        Some(kibibytes) => kibibytes << 10,
        None => server.fail_with("a server that goes on", "none"),
    }
}
